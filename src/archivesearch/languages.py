"""The language that a text is written in."""

import functools
import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Addresses and words in capitals (acronyms) belong to no language and outweigh a short text's few words.
_NO_LANGUAGE = re.compile(r"\S+@\S+|\b(?:https?://|www\.)\S+|\b[A-Z0-9!&.-]*[A-Z][A-Z0-9!&.-]*[A-Z0-9]\b")
_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 6
_LEAST_CERTAIN = 0.2
_PARTS = 5  # parts of a long text that are looked at
_SOON, _AT_LAST = 40, 120  # the characters of each at first, and of each where those do not tell it


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that most of a text is written in; None where it cannot be told.

    Of a long text five parts are looked at, and longer ones where these do not tell it. It cannot be told of a text
    with fewer than six letters (acronyms and addresses left aside), or where py3langid gives its first choice less
    than a fifth of all probability.
    """
    language, certainty = _told(text, _SOON)
    if certainty < _LEAST_CERTAIN and len(text) > _PARTS * _SOON:
        language, certainty = _told(text, _AT_LAST)
    # a code of three letters is that of no language at all, or of one that ISO 639-1 does not have
    return language if certainty >= _LEAST_CERTAIN and len(language) == 2 else None


def _told(text: str, part: int) -> tuple[str, float]:
    """The language that parts of this length tell, and how certain that is: 0 where they have no letters."""
    sample = _sample(text, part)
    prose = _NO_LANGUAGE.sub(" ", sample)
    if not _has_letters(prose):
        prose = sample
    if not _has_letters(prose):
        return "", 0.0
    language, certainty = _identifier().classify(prose)
    return str(language), float(certainty)


def _has_letters(text: str) -> bool:
    return sum(1 for _ in islice(_LETTERS.finditer(text), _FEWEST_LETTERS)) == _FEWEST_LETTERS


def _sample(text: str, part: int) -> str:
    """Of a long text parts from its beginning, middle and end: they tell its language as well, and much sooner."""
    if len(text) <= _PARTS * part:
        return text
    starts = (round(place * (len(text) - part) / (_PARTS - 1)) for place in range(_PARTS))
    return " ".join(text[start : start + part] for start in starts)


@functools.cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # with numpy a second to load: only at import

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
