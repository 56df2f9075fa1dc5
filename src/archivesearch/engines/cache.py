"""A cache: what was read lately of one generation, up to so many bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

_Value = TypeVar("_Value")

_LARGEST_PART = 4
"""What takes more than a fourth of the cache is not kept: it would push out all others."""


class Cache(Generic[_Value]):
    """What was read lately, by its key, up to so many bytes in all; threads may share it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._kept: OrderedDict[Hashable, tuple[_Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> tuple[_Value] | None:
        """What is known under the key, alone in a tuple; None where nothing is."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][:1]

    def put(self, key: Hashable, value: _Value, size: int) -> None:
        """Keep a value that takes so many bytes; what was not asked for longest makes room."""
        if size > self._size // _LARGEST_PART:
            return
        with self._lock:
            _, before = self._kept.pop(key, (value, 0))
            self._kept[key] = value, size
            self._used += size - before
            while self._used > self._size:
                _, (_, freed) = self._kept.popitem(last=False)
                self._used -= freed
