"""archive.toml, read into frozen settings; every key is optional."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from archivesearch.errors import SettingsError

SETTINGS_FILE = "archive.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is particular to one archive.

    `places` maps names of regions and organisations to the English short names of the countries they stand for; what a
    name is mapped to replaces what the program knows of it, an empty tuple makes it stand for none.
    """

    title: str = "Archive"
    introduction: str = ""
    places: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    engine: Literal["whoosh"] = "whoosh"


def load_settings(root: Path) -> Settings:
    """The settings of the archive in this folder; the defaults where it has no archive.toml.

    Raises SettingsError for a file that is not TOML, an unknown key, or a value of the wrong kind.
    """
    path = root / SETTINGS_FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    try:
        return _settings(parse_toml(raw), path)
    except ValueError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Mend that line.") from error


def parse_toml(raw: bytes) -> dict[str, Any]:
    """What a file of TOML holds; a byte order mark, which some editors write, is no fault. Raises ValueError."""
    import tomllib

    return tomllib.loads(raw.decode("utf-8-sig"))


def _settings(table: Mapping[str, Any], path: Path) -> Settings:
    known = {"title": str, "introduction": str, "places": dict, "engine": str}
    for key, value in table.items():
        if key not in known:
            raise SettingsError(f"{path}: there is no setting {key!r}; the settings are {', '.join(known)}.")
        if not isinstance(value, known[key]):
            raise SettingsError(f"{path}: {key} must be a {'table' if known[key] is dict else 'text in quotes'}.")
    if table.get("engine", "whoosh") != "whoosh":
        raise SettingsError(f'{path}: engine = {table["engine"]!r} is not known; the only engine is "whoosh".')
    places = {name: _countries(name, value, path) for name, value in table.get("places", {}).items()}
    return Settings(**{**table, "places": MappingProxyType(places)})


def _countries(name: str, value: object, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(country, str) for country in value):
        raise SettingsError(f'{path}: places: {name!r} must be a list of countries, as in ["Nepal"].')
    return tuple(value)
