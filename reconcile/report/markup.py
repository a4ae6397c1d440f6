"""HTML elements whose text and attributes are escaped, always."""

from html import escape


class Html(str):
    """Markup that was made here; any other text is escaped on its way in."""

    __slots__ = ()


def el(tag: str, *children: str | None, **attributes: str | float | None) -> Html:
    """An element; `class_` is class, `data_kind` is data-kind, and what is None is left out."""
    named = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value is not None)
    head = "".join(f' {name}="{escape(str(value))}"' for name, value in named)
    return Html(f"<{tag}{head}>{join(*children)}</{tag}>")


def join(*children: str | None) -> Html:
    return Html("".join(child if isinstance(child, Html) else escape(child or "") for child in children))
