"""The texts of the page as translators get them: `make messages` brings web/locale to what templates and code say.

Translations of texts that are still said stay, those of others go; new texts stand there without translation, and
test_speaking.py fails until they have one.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import archivesearch
from archivesearch.settings import LANGUAGES

ROOT = Path(__file__).parent.parent
CATALOGS = ROOT / "web" / "locale"

# QueryError takes its sentence as a template: what cannot be read in a query is said in every language
KEYWORDS = {"_": None, "gettext": None, "_gettext": None, "ngettext": (1, 2), "QueryError": (1,)}

PLURALS = {
    "nl": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
}

HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def extracted() -> Catalog:
    """Every text that templates and code say."""
    found = Catalog()
    for folder, files, method in (
        (ROOT / "web" / "templates", "*.html", "jinja2"),
        (Path(archivesearch.__file__).parent, "**.py", "python"),
    ):
        options = {files: {"silent": "false"}} if method == "jinja2" else {}
        for _, _, message, comments, _ in extract_from_dir(folder, [(files, method)], options, KEYWORDS):
            found.add(message, auto_comments=comments)
    return found


def catalog_of(language: str) -> Catalog:
    """The catalog of a language as it stands in web/locale."""
    with (CATALOGS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The catalog of a language with every text that is said, and no other."""
    catalog = catalog_of(language)
    catalog.update(extracted(), no_fuzzy_matching=True)
    return catalog


def text_of(catalog: Catalog, language: str) -> str:
    """A catalog as a file, sorted and without what changes by itself: dates, programs, numbers of lines."""
    written = BytesIO()
    write_po(written, catalog, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True, width=120)
    return HEADER.format(language=language, plurals=PLURALS[language]) + written.getvalue().decode()


def main() -> None:
    """Update the catalog of every language."""
    for language in LANGUAGES[1:]:
        catalog = updated(language)
        (CATALOGS / f"{language}.po").write_text(text_of(catalog, language), "utf-8")
        missing = sum(not all(message.string) if message.pluralizable else not message.string for message in catalog)
        print(f"{language}: {len(catalog)} texts, {missing} without translation")


if __name__ == "__main__":
    main()
