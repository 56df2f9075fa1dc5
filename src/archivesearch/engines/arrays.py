"""Arrays: named numpy arrays and lists of text in one file, read back as they lie there, without decoding."""

import bisect
import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Numbers = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]

_ALIGNED = 64
"""Bytes that each array begins at a multiple of, as numpy's own file format has it."""


def write_arrays(path: Path, arrays: Mapping[str, Array], rest: Any = None) -> None:
    """Write named arrays, and `rest` as JSON, for `read_arrays`."""
    table: dict[str, tuple[str, int, int]] = {}
    place = 0
    for name, array in arrays.items():
        place += -place % _ALIGNED
        table[name] = (array.dtype.str, place, len(array))
        place += array.nbytes
    head = json.dumps({"arrays": table, "rest": rest}).encode("ascii")
    start = 8 + len(head)
    start += -start % _ALIGNED
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for name, array in arrays.items():
            file.seek(start + table[name][1])
            file.write(np.ascontiguousarray(array).data)
        file.truncate(start + place)


def read_arrays(path: Path) -> tuple[dict[str, Array], Any]:
    """What `write_arrays` wrote: arrays that cannot be changed, and the rest.

    Raises OSError, LookupError, TypeError or ValueError where it did not write the file.
    """
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + size])
    start = 8 + size
    start += -start % _ALIGNED
    arrays = {
        name: np.frombuffer(raw, np.dtype(kind), length, start + place)
        for name, (kind, place, length) in head["arrays"].items()
    }
    return arrays, head["rest"]


class Texts:
    """A list of texts as one run of bytes: a tenth of what as many strings take. Any code point may stand in them."""

    def __init__(self, raw: Array, ends: Numbers) -> None:
        self.raw = raw
        self.ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """These texts."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, number: int) -> str:
        start, end = self.ends[number : number + 2]
        return self.raw[start:end].tobytes().decode("utf-8", "surrogatepass")

    def all(self) -> list[str]:
        """Every text, in order."""
        raw, ends = self.raw.tobytes(), self.ends.tolist()
        return [raw[s:e].decode("utf-8", "surrogatepass") for s, e in pairwise(ends)]

    def first_from(self, order: Numbers, text: str) -> int:
        """How many come before `text`, in an order of the numbers that sorts them."""
        return bisect.bisect_left(range(len(order)), text, key=lambda place: self[int(order[place])])
