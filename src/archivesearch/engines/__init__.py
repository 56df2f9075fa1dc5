"""The search engines: each module here is the only importer of its library."""

import os
from pathlib import Path

from archivesearch.search import Engine
from archivesearch.settings import Settings

# Engines reckon with numpy, whose OpenBLAS starts a thread for each processor, with a buffer each, to multiply
# matrices: nothing here has any. It reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ENGINES = ("whoosh",)
"""The names that `engine` in archive.toml may have."""


def open_engine(settings: Settings, folder: Path) -> Engine:
    """The engine that archive.toml names, with its index below `folder` (index/ of the archive).

    Opening reads nothing yet: an index that is missing or cannot be used is reported by what needs it.
    """
    match settings.engine:
        case "whoosh":
            from archivesearch.engines.embedded import WhooshEngine

            return WhooshEngine(folder / "whoosh")
