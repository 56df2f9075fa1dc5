"""Records: the posts of a segment as they are stored, one after the other in a file, each read by itself.

They are not packed: to unpack a post takes as long as all else that is done to read it.
"""

import os
from pathlib import Path

import numpy as np

from archivesearch.engines.arrays import Numbers

_NUMBER = np.dtype("<u8")


class RecordWriter:
    """Writes records for `Records`: first all of them, then where each ends, then how many they are."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._ends = [0]

    def add(self, record: str) -> None:
        """Write the next record."""
        self._ends.append(self._ends[-1] + self._file.write(record.encode("utf-8", "surrogatepass")))

    def finish(self) -> None:
        """Write where they end."""
        self._file.write(np.array([*self._ends, len(self._ends)], _NUMBER).tobytes())
        self._file.close()

    def close(self) -> None:
        """Give up what was written."""
        self._file.close()


class Records:
    """The records in a file. Raises OSError, LookupError or ValueError where it is not as it was written."""

    def __init__(self, path: Path) -> None:
        self._ends = _read_ends(path)
        self._file = path.open("rb", buffering=0)

    def read(self, number: int) -> str:
        """The record with this number, counted from 0."""
        start, end = self._ends[number : number + 2].tolist()
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Give back the file."""
        self._file.close()


def _read_ends(path: Path) -> Numbers:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(size - _NUMBER.itemsize)
        count = int.from_bytes(file.read(), "little")
        if (count + 1) * _NUMBER.itemsize > size:
            raise ValueError(f"{path} does not end with the places of its posts")
        file.seek(size - (count + 1) * _NUMBER.itemsize)
        return np.frombuffer(file.read(), _NUMBER, count)
