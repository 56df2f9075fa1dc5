"""Text: decoding and hygiene, and the one analysis that indexing, queries, duplicates and snippets share."""

import codecs
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import Stemmer

ANALYSIS_VERSION = 2
"""Raised whenever `words`, `fold` or `stem` answer differently: an index made before is then outdated."""

STEMMED_LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "id": "indonesian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""ISO 639-1 code -> the name of its Snowball algorithm (https://snowballstem.org/algorithms/)."""


BEGINNINGS_STRIPPED = frozenset({"ar", "fr", "id", "it", "nl", "tr"})
"""Languages whose stemmer takes beginnings away too ("gebouwd", "l'eau"): in all others a stem begins as its word."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of some bytes.

    `foreign` counts the bytes that were not UTF-8 and were read as windows-1252, `replaced` those that are neither
    and became U+FFFD.
    """

    text: str
    encoding: str
    foreign: int = 0
    replaced: int = 0


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(raw: bytes, *, cut_off: bool = True) -> Decoded:
    """The text of `raw`: by its byte order mark, else UTF-8, each byte that is not UTF-8 as windows-1252.

    Byte by byte, so that one foreign character does not spoil the rest of the text. `cut_off` says that the text may
    end inside a character of UTF-8, which then becomes U+FFFD; else its bytes are windows-1252.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            text = raw[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, replaced=text.count("\ufffd"))
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _decode_mixed(raw, cut_off=cut_off)


def _decode_mixed(raw: bytes, *, cut_off: bool) -> Decoded:
    parts: list[str] = []
    position = foreign = replaced = 0
    while position < len(raw):
        try:
            parts.append(raw[position:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            bad, end = position + error.start, position + error.end
            parts.append(raw[position:bad].decode("utf-8"))
            if cut_off and not foreign and end == len(raw) and error.reason == "unexpected end of data":
                parts.append("\ufffd")
                replaced += 1
                break
            character = raw[bad : bad + 1].decode("windows-1252", "replace")
            parts.append(character)
            foreign += character != "\ufffd"
            replaced += character == "\ufffd"
            position = bad + 1
    return Decoded("".join(parts), "windows-1252" if foreign else "utf-8", foreign, replaced)


def text_problem(raw: bytes) -> str | None:
    """Why these bytes are no text that can be read, as the end of a sentence about their file; None if they are."""
    decoded = decode(raw)
    if decoded.encoding in ("utf-8", "windows-1252") and b"\0" in raw:
        return "is not text: it holds NUL bytes. Save the page as text (UTF-8), or remove the file from raw/."
    # Western European text has a letter outside ASCII in 10 to 50; in other scripts they are nearly all
    if decoded.foreign + decoded.replaced > len(raw) / 5:
        return "is in an encoding that cannot be told: it is neither UTF-8 nor windows-1252. Save it again as UTF-8."
    return None


_DROPPED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufdd0-\ufdef\ufffe\uffff\ue000\ue001]"
)


def clean(text: str) -> str:
    """The text in NFC with newlines as U+000A and without the characters that no output can carry safely.

    Dropped: control characters but tab and newline, lone surrogates, byte order marks, noncharacters, and
    U+E000 and U+E001, which some programs use as markers. No-break spaces stay: they are evidence.
    """
    if text.isascii() and text.isprintable():  # as most lines are
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return unicodedata.normalize("NFC", _DROPPED.sub("", text))


_LOOKALIKES = {
    **dict.fromkeys("‘’‚‛′`´ʼ＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("\u00ad\u200b\u2060", ""),  # soft hyphen, zero width space, word joiner
}
_LOOKALIKE = re.compile(f"[{''.join(_LOOKALIKES)}]")  # a search for them is ten times as fast as str.translate


def one_line(text: str) -> str:
    """The text with each run of white space, no-break spaces and newlines included, as one space."""
    return " ".join(text.split())


_HIGH = re.compile("[^\x00-\u02ff]")  # all combining marks are among these


def fold(text: str) -> str:
    """The text for comparing: no case, accents or kinds of quotes, dashes and spaces. `fold(fold(x)) == fold(x)`."""
    plain = _without_lookalikes(text)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain).casefold()
        stripped = _HIGH.sub(lambda match: "" if unicodedata.combining(match.group()) else match.group(), decomposed)
        plain = _without_lookalikes(unicodedata.normalize("NFKC", stripped).casefold())
    return " ".join(plain.casefold().split())


def _without_lookalikes(text: str) -> str:
    if text.isascii() and "`" not in text:  # the only one in ASCII that is not what it is changed to
        return text
    return _LOOKALIKE.sub(lambda match: _LOOKALIKES[match.group()], text)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its folded form and where it stands, in characters."""

    term: str
    start: int
    end: int


def _marks() -> str:
    """The vowel signs, tone marks and accents that stand beside a letter of their own, as a part of a pattern.

    They are no letters for `re`, which would break words at them. Where they stand: Unicode's blocks of combining
    marks and of the scripts that use them, all of them below these two bounds.
    """
    blocks = (range(0x300, 0x2000), range(0xA600, 0xAC00))
    return "".join(chr(c) for block in blocks for c in block if unicodedata.category(chr(c)) in ("Mn", "Mc"))


_MARKS = _marks()
_INVISIBLE = "\u00ad\u2060\u200c\u200d"  # soft hyphen and joiners: they stand inside words and change none
_APOSTROPHES = "'’‘‛′`´ʼ＇"
_NUMBER_SPACES = "\u00a0\u202f\u2007\u2009"
_THOUSANDS = rf"\d{{1,3}}(?:[.,'’{_NUMBER_SPACES}]\d{{3}})+"
_DECIMAL = r"\d+(?:[.,]\d+)+"
_ACRONYM = r"[^\W\d_](?:\.[^\W\d_])+"

_WORD = re.compile(
    rf"""
    [a-zA-Z]+(?=[ \n,;:?!)])              # what most words are: the rest of this takes four times as long to see it
    | {_THOUSANDS}(?![.,]?\d)                # a number with its thousands marked: 570.000
    | {_DECIMAL}                           # a decimal, a version: 1.67
    | \d+(?!\w)                            # a number
    | {_ACRONYM}(?![^\W_])                 # an acronym with dots: U.N.
    | [^\W_]+(?:[{_MARKS}{_INVISIBLE}]+[^\W_]*|[{_APOSTROPHES}][^\W_]+)*  # a word: women's
    """,
    re.VERBOSE,
)
_IS_THOUSANDS, _IS_DECIMAL, _IS_ACRONYM = (re.compile(form) for form in (_THOUSANDS, _DECIMAL, _ACRONYM))
# letters with a stroke or of two letters, which Unicode does not take apart, and how keyboards without them write them
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i"}
)


def words(text: str) -> Iterator[Word]:
    """The words of a text in their order: the one analysis, for indexing, queries, duplicates and snippets alike.

    A number is one word however its thousands are marked, its decimals behind a dot; an acronym is written without
    dots. Signs and hyphens separate words: INSP!R is two that stand side by side.
    """
    for match in _WORD.finditer(text):
        term = term_of(match.group())
        if term:
            yield Word(term, match.start(), match.end())


def terms(text: str) -> list[str]:
    """The terms of `words`: a fourth of their cost where nobody asks where they stand."""
    if text.isascii():  # the lower case of all of it is as long as the text, and breaks no word
        found = _WORD.findall(text.lower())
        return [term for written in found if (term := written if written.isalpha() else _fold_word(written))]
    return [term for term in map(term_of, _WORD.findall(text)) if term]


def written_words(text: str) -> list[str]:
    """What `words` makes terms of, as it is written: `term_of` says which term each is, or that it is none."""
    return _WORD.findall(text)


def find_words(text: str) -> Iterator[re.Match[str]]:
    """Where the written words stand, as matches."""
    return _WORD.finditer(text)


def term_of(written: str) -> str:
    """The term of a word as it is written; empty where nothing of it is a term."""
    # most words need nothing else, and so leave the cache to those that do
    return written.lower() if written.isascii() and written.isalpha() else _fold_word(written)


@functools.lru_cache(maxsize=65536)
def _fold_word(written: str) -> str:
    folded = fold(written)
    if _IS_THOUSANDS.fullmatch(written):
        return "".join(c for c in folded if c.isdigit())
    if _IS_DECIMAL.fullmatch(written):
        return folded.replace(",", ".")
    if _IS_ACRONYM.fullmatch(written):
        folded = folded.replace(".", "")
    # folding can bring in signs that were not written, as the slash of a fraction: they would split the term again
    kept = "".join(c for c in folded.translate(_LETTERS) if c.isalnum() or c == "'" or c in _MARKS)
    return kept if kept.isalnum() else _without_loose_signs(kept)


def _without_loose_signs(term: str) -> str:
    """The term without the apostrophes and marks that folding can leave at its beginning and behind a number."""
    loose, behind_a_number = _loose_signs()
    return behind_a_number.sub(r"\1", loose.sub("", term).lstrip("'" + _MARKS))


@functools.cache
def _loose_signs() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Apostrophes where no letter follows, and signs where a number ends: made where the first such term is met."""
    return re.compile(rf"'+(?=['{_MARKS}]|$)"), re.compile(rf"^(\d+)['{_MARKS}]+")


@functools.lru_cache(maxsize=65536)
def stem(term: str, language: str | None) -> str:
    """The Snowball stem of a term of `words` in a language (ISO 639-1); the term itself where there is no stemmer."""
    name = STEMMED_LANGUAGES.get(language or "")
    if name is None or (not term.isalpha() and "'" not in term):
        return term
    stemmed: str = _stemmer(name).stemWord(term)
    return stemmed


@functools.cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name)


def within_one_edit(one: str, other: str) -> bool:
    """Whether two terms are equal or one edit apart: a character more, less or other, or two neighbours swapped."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(long) - len(short) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    short, long = short[same:], long[same:]
    if len(short) == len(long):
        return short[1:] == long[1:] or (short[:2] == long[1::-1] and short[2:] == long[2:])
    return short == long[1:]
