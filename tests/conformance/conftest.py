"""One fixture for every engine that must be there: what uses it knows nothing but the contract."""

import pytest
from corpus import SOME_POSTS, STAMP

from archivesearch.engines import open_engine
from archivesearch.settings import Settings
from oracle import Oracle

ENGINES = ("oracle", "whoosh")


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path):
    """An engine without an index."""
    made = Oracle() if request.param == "oracle" else open_engine(Settings(engine=request.param), tmp_path)
    yield made
    made.close()


@pytest.fixture
def filled(engine):
    """An engine with an index of SOME_POSTS."""
    engine.rebuild(SOME_POSTS, STAMP)
    return engine
