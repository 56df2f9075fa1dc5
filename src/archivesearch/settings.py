"""archive.toml and the texts that it names, read into frozen settings; every key is optional."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from archivesearch.errors import SettingsError

if TYPE_CHECKING:
    from archivesearch.colours import Colours

SETTINGS_FILE = "archive.toml"

LANGUAGES = ("en", "nl", "fr", "es")
"""ISO 639-1 codes of the languages that the page speaks."""

_OWN_TEXTS = ("title", "introduction", "footer")
_KINDS = {
    "title": str,
    "introduction": str,
    "footer": str,
    "address": str,
    "language": str,
    "pages": list,
    "colours": dict,
    "places": dict,
    "engine": str,
    **dict.fromkeys(LANGUAGES, dict),
}
_SAID = {str: "text in quotes", list: "list", dict: "table"}
_PAGE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
# every link of the page begins at the root of its host, so an address has no path; other alphabets stand as xn--
_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_HEADING = re.compile(r"\s*# *[^\s#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """A page that an archive's maintainers wrote: Markdown that begins with a heading, which is its title.

    `name` stands in its address; `language` is the one that it is written in, `others` the same in other languages.
    """

    name: str
    text: str
    language: str
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is particular to one archive.

    `places` maps names of regions and organisations to the English short names of the countries they stand for; what a
    name is mapped to replaces what the program knows of it, an empty tuple makes it stand for none. `address` is where
    visitors find the page, such as "https://archive.example.org"; empty where that is not said. `language` is the
    one that the page speaks to those whose browsers ask for none that it knows, and that title, introduction, footer
    and own pages are written in; `others` has the first three in other languages.
    """

    title: str = "Archive"
    introduction: str = ""
    footer: str = ""
    address: str = ""
    language: str = LANGUAGES[0]
    pages: tuple[OwnPage, ...] = ()
    colours: "Colours | None" = None
    places: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    engine: Literal["whoosh"] = "whoosh"
    others: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    def said_in(self, language: str) -> "Settings":
        """The same with the archive's own texts in this language, as far as they are written in it."""
        own = self.others.get(language, {})
        return replace(
            self,
            title=own.get("title", self.title),
            introduction=own.get("introduction", self.introduction),
            footer=own.get("footer", self.footer),
            pages=tuple(
                replace(page, text=page.others[language], language=language) if language in page.others else page
                for page in self.pages
            ),
        )


def load_settings(root: Path) -> Settings:
    """The settings of the archive in this folder; the defaults where it has no archive.toml.

    Raises SettingsError for a file that is not TOML, an unknown key, a value that cannot be, or a text that is missing.
    """
    path = root / SETTINGS_FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    try:
        table = parse_toml(raw)
    except ValueError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Mend that line.") from error
    return _settings(table, path)


def parse_toml(raw: bytes) -> dict[str, Any]:
    """What a file of TOML holds; a byte order mark, which some editors write, is no fault. Raises ValueError."""
    import tomllib

    return tomllib.loads(raw.decode("utf-8-sig"))


def _settings(table: Mapping[str, Any], path: Path) -> Settings:
    for key, value in table.items():
        if key not in _KINDS:
            raise SettingsError(f"{path}: there is no setting {key!r}; the settings are {', '.join(_KINDS)}.")
        if not isinstance(value, _KINDS[key]):
            raise SettingsError(f"{path}: {key} must be a {_SAID[_KINDS[key]]}.")
    _check_title("title", table, path)
    _check_address(table.get("address", ""), path)
    _check_choice("engine", table.get("engine", "whoosh"), ("whoosh",), path)
    language = table.get("language", LANGUAGES[0])
    _check_choice("language", language, LANGUAGES, path)
    pages = tuple(_page(name, language, path) for name in table.get("pages", []))
    places = {name: _countries(name, value, path) for name, value in table.get("places", {}).items()}
    return Settings(
        **{key: value for key, value in table.items() if key not in LANGUAGES}
        | {
            "pages": pages,
            "colours": _colours(table["colours"], path) if table.get("colours") else None,
            "places": MappingProxyType(places),
            "others": MappingProxyType(
                {code: _own_texts(code, table[code], path) for code in LANGUAGES if code in table}
            ),
        }
    )


def _check_title(said: str, table: Mapping[str, Any], path: Path) -> None:
    """Every page begins with the title, and what leads to the start page has no other name."""
    if not table.get("title", "named").strip():
        raise SettingsError(f"{path}: {said} is empty: write the name of the archive there, or take the line out.")


def _check_choice(key: str, value: str, choices: tuple[str, ...], path: Path) -> None:
    if value not in choices:
        known = " or ".join(f'"{choice}"' for choice in choices)
        raise SettingsError(f"{path}: {key} = {value!r} is not known; it can be {known}.")


def _own_texts(code: str, table: Mapping[str, Any], path: Path) -> Mapping[str, str]:
    for key, value in table.items():
        if key not in _OWN_TEXTS:
            raise SettingsError(f"{path}: {code}: there is no {key!r}; a language has {', '.join(_OWN_TEXTS)}.")
        if not isinstance(value, str):
            raise SettingsError(f"{path}: {code}: {key} must be a text in quotes.")
    _check_title(f"{code}: title", table, path)
    return MappingProxyType(dict(table))


def _colours(table: Mapping[str, Any], path: Path) -> "Colours":
    from archivesearch.colours import GROUNDS, Colours, check_colour

    for name, colour in table.items():
        if name not in GROUNDS:
            raise SettingsError(f"{path}: colours: there is no {name!r}; the colours are {', '.join(GROUNDS)}.")
        if wrong := check_colour(name, colour):
            raise SettingsError(f"{path}: colours: {wrong}")
    return Colours(accent=table.get("accent"), accent_dark=table.get("accent-dark"))


def _page(file: object, language: str, path: Path) -> OwnPage:
    named = _PAGE.fullmatch(file) if isinstance(file, str) else None
    if named is None:
        raise SettingsError(
            f"{path}: pages: {file!r} must be the name of a file beside archive.toml, of small letters, digits and"
            ' hyphens, as in "about.md".'
        )
    name = named[1]
    if not path.with_name(f"{name}.md").is_file():
        raise SettingsError(
            f"{path}: pages: there is no file {path.with_name(f'{name}.md')}: write it, or take it out."
        )
    variants = ((code, path.with_name(f"{name}.{code}.md")) for code in LANGUAGES)
    others = {code: _read_page(variant) for code, variant in variants if variant.is_file()}
    text = _read_page(path.with_name(f"{name}.md"))
    return OwnPage(name=name, text=text, language=language, others=MappingProxyType(others))


def _read_page(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except ValueError as error:
        raise SettingsError(f"{path} is not UTF-8: save it as that.") from error
    if not _HEADING.match(text):
        raise SettingsError(f'{path} must begin with a heading, as in "# About this archive": the title of the page.')
    return text


def _check_address(address: str, path: Path) -> None:
    if address and not _ADDRESS.fullmatch(address):
        raise SettingsError(
            f"{path}: address must be http:// or https:// and the host that visitors use, with nothing behind it, "
            f'as in "https://archive.example.org"; it is {address!r}.'
        )


def _countries(name: str, value: object, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(country, str) for country in value):
        raise SettingsError(f'{path}: places: {name!r} must be a list of countries, as in ["Nepal"].')
    return tuple(value)
