"""Sketches of articles, made by workers: while dumps are read, as far as one of them has nothing to do, and after."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archivesearch.catalog import Catalog
from archivesearch.comparisons import Comparisons
from archivesearch.entries import EntryRow, digest_of_parts
from archivesearch.near import NEAR_VERSION
from archivesearch.tasks import ARTICLES_A_TASK, Prepare, Sketch, Sketches, in_batches
from archivesearch.text import ANALYSIS_VERSION
from archivesearch.workers import Answer, Workers, items_of


def forget_outdated(known: Comparisons) -> None:
    """Forget all sketches and comparisons if another version has made them; inside `Catalog.writing`."""
    version = digest_of_parts([NEAR_VERSION, ANALYSIS_VERSION])
    if known.basis("version") != version:
        known.forget()
        known.put_basis("version", version)


class EarlySketches:
    """Has articles sketched beside the dumps that are being read, if their workers can take that on.

    It may leave out any, and those that come last: `sketches_of` makes what is missing.
    """

    def __init__(self, catalog: Catalog, workers: Workers) -> None:
        self._comparisons = catalog.comparisons
        self._workers = workers
        self._coming: set[str] = set()
        self._gathered: list[tuple[str, str]] = []
        self._numbers = itertools.count(1)
        self._running: set[str] = set()

    def beside(self, answers: Iterable[Answer[Any]]) -> Iterator[Answer[Any]]:
        """The answers of a run that reads dumps, with those of sketches among them: `take` tells which these are."""
        for answer in answers:
            if answer.name not in self._running:
                self._gather(answer.items)
            yield answer

    def _gather(self, rows: Iterable[EntryRow]) -> None:
        for row in rows:
            if row.key and row.key not in self._coming and not self._comparisons.is_sketched(row.key):
                self._coming.add(row.key)
                self._gathered.append((row.key, row.record))
            if len(self._gathered) == ARTICLES_A_TASK:
                self._hand_over()

    def _hand_over(self) -> None:
        if not self._running:  # the posts that are to be made will need it, and this worker has time
            self._offer(Prepare(name="/prepare"))
        # no dump has a name with such a beginning
        if not self._offer(Sketch(name=f"/sketches {next(self._numbers)}", articles=tuple(self._gathered))):
            self._coming -= {key for key, _ in self._gathered}
        self._gathered.clear()

    def _offer(self, task: Prepare | Sketch) -> bool:
        taken = self._workers.offer(task)
        if taken:
            self._running.add(task.name)
        return taken

    def take(self, answer: Answer[Any]) -> bool:
        """Whether the answer is none of a dump but sketches, which are then recorded; inside `Catalog.writing`."""
        if answer.name not in self._running:
            return False
        for sketches in answer.items:
            self._comparisons.put_sketches(sketches)
            self._coming.difference_update(key for key, _ in sketches)
        return True


def sketches_of(catalog: Catalog, keys: Sequence[str], workers: Workers) -> Iterator[Sketches]:
    """The sketches of these articles."""
    articles = ((key, next(catalog.readings.records_of(key))) for key in keys)
    batches = in_batches(articles, ARTICLES_A_TASK)
    return items_of(workers.run(Sketch(name=f"posts from {batch[0][0][:10]} on", articles=batch) for batch in batches))
