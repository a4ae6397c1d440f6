"""`inputs/settings.toml`: every key has a default, an unknown key is an error."""

import dataclasses
import difflib
import tomllib
import types
import typing
from importlib import resources
from pathlib import Path
from typing import Literal, TypeVar

from reconcile.errors import SettingsError
from reconcile.settings.check import check
from reconcile.settings.model import Settings

T = TypeVar("T")


def template() -> str:
    """The commented settings.toml that `reconcile init` writes."""
    return resources.files("reconcile.settings").joinpath("settings.toml").read_text(encoding="utf-8")


def load(file: Path) -> Settings:
    """The settings in the file; the defaults where there is none. Raises SettingsError."""
    if not file.exists():
        return Settings()
    try:
        text = file.read_text(encoding="utf-8-sig")
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(file), f"is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(str(file), f"cannot be read: {error}") from error
    settings: Settings = _build(Settings, tables, str(file))
    check(settings, str(file))
    return settings


def _build(kind: type[T], values: dict[str, object], where: str) -> T:
    known = typing.get_type_hints(kind)
    for name in sorted(values.keys() - known.keys()):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"{where} {name}", f"there is no such setting{hint}")
    return kind(**{name: _value(known[name], value, f"{where} {name}") for name, value in values.items()})


def _value(kind: type, value: object, where: str) -> object:
    if dataclasses.is_dataclass(kind):
        return _build(kind, _expect(value, dict, where, "a table"), where)
    if typing.get_origin(kind) in {tuple, dict}:
        return _texts(kind, value, where)
    if typing.get_origin(kind) is Literal:
        return _text(kind, value, where, "a text")
    if typing.get_origin(kind) is types.UnionType:
        return _expect(value, str, where, "a text")
    if kind is float and type(value) is int:
        return float(value)
    return _expect(
        value, kind, where, {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[kind]
    )


def _texts(kind: type, value: object, where: str) -> object:
    if typing.get_origin(kind) is dict:
        table = _expect(value, dict, where, "a table of texts")
        return {name: _expect(text, str, f"{where} {name}", "a text") for name, text in table.items()}
    of = typing.get_args(kind)[0]
    return tuple(_text(of, item, where, "a list of texts") for item in _expect(value, list, where, "a list"))


def _text(kind: type, value: object, where: str, wanted: str) -> str:
    """A text, and one of those that are known where they are listed."""
    text, known = _expect(value, str, where, wanted), typing.get_args(kind)
    if known and text not in known:
        raise SettingsError(where, f"{text!r} is none of {', '.join(known)}")
    return text


def _expect(value: object, kind: type[T], where: str, wanted: str) -> T:
    if type(value) is not kind:
        raise SettingsError(where, f"must be {wanted}, not {value!r}")
    return value
