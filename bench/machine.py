"""What processes cost, read from /proc: processor seconds and memory of a whole tree."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """The benchmark cannot go on: the text says why."""


def tree(pid: int) -> Iterator[int]:
    """The process and all that descend from it."""
    yield pid
    for child in children(pid):
        yield from tree(child)


def children(pid: int) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        tasks = [task / "children" for task in (PROC / str(pid) / "task").iterdir()]
        return [int(child) for file in tasks for child in file.read_text().split()]
    return []


def cpu_seconds(pid: int) -> float:
    """Processor time of the process, its children and those of them that have ended."""
    return sum(map(_cpu_seconds, tree(pid)))


def _cpu_seconds(pid: int) -> float:
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS_PER_S  # utime, stime, and of those that were waited for


def memory_bytes(pid: int) -> int:
    """PSS of the process and its children: what they share is counted once."""
    return sum(_kib(pid, "smaps_rollup", "Pss:") for pid in tree(pid)) * 1024


def memory_peak_bytes(pid: int) -> int:
    """The most that this one process has ever held."""
    return _kib(pid, "status", "VmHWM:") * 1024


def name(pid: int) -> str:
    """What the process is called, by itself or by the file that it runs."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return (PROC / str(pid) / "comm").read_text().strip()
    return ""


def _kib(pid: int, file: str, field: str) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in (PROC / str(pid) / file).read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1])
    return 0
