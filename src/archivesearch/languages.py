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
_PARTS, _PART = 5, 80  # parts of a long text that are looked at, and the characters of each


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that most of a text is written in; None where it cannot be told.

    Of a long text five parts are looked at. It cannot be told of a text with fewer than six letters (acronyms and
    addresses left aside), or where py3langid gives its first choice less than a fifth of all probability.
    """
    text = _sample(text)
    prose = _NO_LANGUAGE.sub(" ", text)
    if not _has_letters(prose):
        prose = text
    if not _has_letters(prose):
        return None
    language, certainty = _identifier().classify(prose)
    # a code of three letters is that of no language at all, or of one that ISO 639-1 does not have
    return str(language) if certainty >= _LEAST_CERTAIN and len(language) == 2 else None


def _has_letters(text: str) -> bool:
    return sum(1 for _ in islice(_LETTERS.finditer(text), _FEWEST_LETTERS)) == _FEWEST_LETTERS


def _sample(text: str) -> str:
    """Of a long text parts from its beginning, middle and end: they tell its language as well, and much sooner."""
    if len(text) <= _PARTS * _PART:
        return text
    starts = (round(place * (len(text) - _PART) / (_PARTS - 1)) for place in range(_PARTS))
    return " ".join(text[start : start + _PART] for start in starts)


@functools.cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # with numpy a second to load: only at import

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
