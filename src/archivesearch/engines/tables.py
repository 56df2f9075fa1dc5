"""Tables: the arrays that stand beside the segments of an index, as the files of a generation."""

from dataclasses import dataclass
from pathlib import Path

from archivesearch.engines import ordinals as _ordinals, vocabulary as _vocabulary
from archivesearch.engines.ordinals import Ordinals
from archivesearch.engines.vocabulary import Vocabulary

ORDINALS = "ordinals.arrays"
VOCABULARY = "vocabulary.arrays"
TABLES = ORDINALS, VOCABULARY
"""The files of a generation that are ours; all others are those of its segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The arrays that belong to the segments of an index."""

    ordinals: Ordinals
    vocabulary: Vocabulary


def write_tables(folder: Path, tables: Tables) -> None:
    """Write the arrays for `read_tables`."""
    _ordinals.write_ordinals(folder / ORDINALS, tables.ordinals)
    _vocabulary.write_vocabulary(folder / VOCABULARY, tables.vocabulary)


def read_tables(folder: Path) -> Tables:
    """The arrays of a generation. Raises as `arrays.read_arrays` where they are not as they were written."""
    return Tables(
        ordinals=_ordinals.read_ordinals(folder / ORDINALS),
        vocabulary=_vocabulary.read_vocabulary(folder / VOCABULARY),
    )


NOTHING_YET = Tables(ordinals=_ordinals.NOTHING_YET, vocabulary=Vocabulary({}))
