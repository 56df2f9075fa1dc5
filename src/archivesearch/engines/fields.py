"""The fields of an index, and what a term is indexed under."""

from archivesearch.text import STEMMED_LANGUAGES, stem

EXACT = ("title", "text")
STEMS = {"title": "title_stems", "text": "text_stems"}
"""The fields of an index: of title and text the exact terms with their places, and their stems."""


def stem_key(term: str, language: str | None) -> str:
    """What a term is indexed under: its stem with the language it is a stem of; without a stemmer the term itself."""
    return f"{language}:{stem(term, language)}" if language in STEMMED_LANGUAGES else f":{term}"
