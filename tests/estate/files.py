"""Every generated file under `inputs/`, by its path there."""

from collections.abc import Iterator

from reconcile import settings
from tests.estate import agents_files, directory_files, entra_files, fleet
from tests.estate.invention import CORP, EMEA, LAB, TENANT, TENANT_NAME
from tests.estate.rows import Cloud, Computer, Part, Protected, Report, Retired
from tests.estate.stories import STORIES


def parts() -> tuple[Part, ...]:
    return (*(part for story in STORIES for part in story.parts), *fleet.parts())


def files() -> dict[str, bytes]:
    return dict(_files(parts()))


def _files(whole: tuple[Part, ...]) -> Iterator[tuple[str, bytes]]:
    yield "settings.toml", _settings().encode()
    yield "protected.csv", _protected([part for part in whole if isinstance(part, Protected)]).encode()
    yield "retired.csv", _retired([part for part in whole if isinstance(part, Retired)]).encode()
    written = {
        "entra": entra_files.files(part for part in whole if isinstance(part, Cloud)),
        "directory": directory_files.files(part for part in whole if isinstance(part, Computer)),
        "agents": agents_files.files(part for part in whole if isinstance(part, Report)),
    }
    for system, made in written.items():
        yield from ((f"{system}/{name}", content) for name, content in made)


def _settings() -> str:
    """The template of `reconcile init`, with the sample's tenant and domains."""
    text = settings.template()
    domains = ", ".join(f'"{domain.dns}"' for domain in (CORP, EMEA, LAB))
    for old, new in (
        ('# id = "00000000-0000-0000-0000-000000000000"', f'id = "{TENANT}"'),
        ('# name = "contoso.onmicrosoft.com"', f'name = "{TENANT_NAME}"'),
        ('# domains = ["corp.example.com"]', f"domains = [{domains}]"),
    ):
        assert text.count(old) == 1, f"the template has no line {old}"
        text = text.replace(old, new)
    return text


def _protected(lines: list[Protected]) -> str:
    return "".join(f"{line}\n" for line in ("device,reason", *(f'{line.device},"{line.reason}"' for line in lines)))


def _retired(lines: list[Retired]) -> str:
    head = "device_id,object_guid,sid,object_id,hostname,retired_at"
    rows = (
        f"{one.device_id},{one.object_guid},{one.sid},{one.object_id},{one.hostname},{one.at:%Y-%m-%dT%H:%M:%SZ}"
        for one in sorted(lines, key=lambda one: one.at)
    )
    return "".join(f"{line}\n" for line in (head, *rows))
