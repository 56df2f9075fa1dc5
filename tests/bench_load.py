"""The process that asks a server for pages: `python tests/bench_load.py PORT SECONDS`, the paths as JSON in its input.

It prints JSON: the seconds of each answer of status 200, how many others there were, the bytes of the pages, the seconds
in all, and the processor time that it took itself.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import cycle

CONNECTIONS = 8
PATIENCE = 60
"""Seconds in which a server must answer."""


class Asking:
    """So many connections that stay open, each asking for the next page once it has the one before."""

    def __init__(self, port: int, seconds: float, paths: Sequence[str]) -> None:
        self.times: list[float] = []
        self.others = self.size = 0
        self._port = port
        self._end = time.perf_counter() + seconds
        self._paths: Iterator[str] = cycle(paths)
        self._lock = threading.Lock()

    def run(self) -> None:
        """Ask until the time is over, and wait for what is on its way then."""
        threads = [threading.Thread(target=self._ask) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        while (start := time.perf_counter()) < self._end:
            with self._lock:
                path = next(self._paths)
            connection.request("GET", path)
            answer = connection.getresponse()
            size = len(answer.read())
            taken = time.perf_counter() - start
            with self._lock:
                if answer.status == http.client.OK:
                    self.times.append(taken)
                    self.size += size
                else:
                    self.others += 1
        connection.close()


def main() -> None:
    """Ask, and print what came."""
    paths = json.load(sys.stdin)
    start, used = time.perf_counter(), time.process_time()
    asking = Asking(int(sys.argv[1]), float(sys.argv[2]), paths)
    asking.run()
    seconds, own = time.perf_counter() - start, time.process_time() - used
    told = {"times": asking.times, "others": asking.others, "size": asking.size, "seconds": seconds, "own": own}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
