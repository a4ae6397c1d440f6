"""All stories, and the table that the README shows of them."""

from collections.abc import Iterator

from tests.estate import (
    story_directory,
    story_dual_state,
    story_duplicate,
    story_orphaned_cloud,
    story_orphaned_device,
    story_protection,
    story_resurrected,
    story_stale_guid,
    story_state,
)
from tests.estate.rows import Finds, Story

STORIES: tuple[Story, ...] = (
    *story_stale_guid.STORIES,
    *story_orphaned_cloud.STORIES,
    *story_duplicate.STORIES,
    *story_directory.STORIES,
    *story_orphaned_device.STORIES,
    *story_dual_state.STORIES,
    *story_state.STORIES,
    *story_resurrected.STORIES,
    *story_protection.STORIES,
)


def table() -> str:
    """The stories as Markdown, for the README."""
    head = ("| Story | What happened | What reconcile says |", "| --- | --- | --- |")
    return "".join(f"{line}\n" for line in (*head, *(_line(story) for story in STORIES)))


def _line(story: Story) -> str:
    return f"| {story.name} | {story.happened} | {', '.join(_found(story)) or 'nothing'}: {story.why} |"


def _found(story: Story) -> Iterator[str]:
    """Each different finding once, in the order of the story."""
    yield from dict.fromkeys(_finding(found) for found in story.finds)


def _finding(found: Finds) -> str:
    held = f", held by {found.held_by.replace(';', ', ')}" if found.held_by else ""
    return f"**{found.kind}** ({found.system}{held})"
