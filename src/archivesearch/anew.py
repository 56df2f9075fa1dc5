"""Python started anew: on how many cores, and by which command.

A process started anew inherits no lock and no open file of this one, as a copy of it would.
"""

import os
import sys

# -P: until it has the paths of this process, it looks for no module in the current folder, which may be anybody's
_START = (
    "import sys; count = int(sys.argv.pop(1)); sys.path[:] = sys.argv[1 : count + 1]; del sys.argv[1 : count + 1]; "
    "from {module} import {function}; {function}()"
)


def cores() -> int:
    """How many cores this process may use; of the system where that does not tell it."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def command(module: str, function: str, *arguments: str) -> list[str]:
    """What starts this Python anew and calls a function there, with these arguments as `sys.argv[1:]`.

    It finds the modules that this process finds, wherever it is started.
    """
    code = _START.format(module=module, function=function)
    return [sys.executable, "-P", "-c", code, str(len(sys.path)), *sys.path, *arguments]
