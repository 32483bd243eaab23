"""CPU and memory of running processes, as the kernel counts them in /proc (Linux only)."""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

PROC = Path("/proc")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def measurable() -> bool:
    """Whether this system tells."""
    return (PROC / "self" / "stat").exists()


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all its descendants since their start, those that ended included."""
    return sum(_ticks(each) for each in _tree(pid)) / _TICKS_PER_SECOND


def peak_memory_mb(pid: int) -> float:
    """The most resident memory that a process ever had, in MB of 2^20 bytes."""
    return _kilobytes(pid, "VmHWM") / 1024


def machine_seconds() -> float:
    """CPU time that the whole machine has used since it started."""
    # user, nice, system, idle, iowait, irq, softirq: all but the two that are waiting.
    fields = (PROC / "stat").read_text().split("\n", 1)[0].split()[1:8]
    ticks = sum(int(field) for field in fields) - int(fields[3]) - int(fields[4])
    return ticks / _TICKS_PER_SECOND


class CpuMeter:
    """CPU that named processes use between its making and `used`."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._before = {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    def used(self) -> dict[str, float]:
        """Seconds by name, those of descendants included."""
        return {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()}


def _tree(pid: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for each in _all_pids():
        fields = _fields(each)
        if fields:
            children[int(fields[1])].append(each)
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(children[current])
    return found


def _all_pids() -> Iterable[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _ticks(pid: int) -> int:
    """Own time and that of children who have ended."""
    return sum(int(field) for field in _fields(pid)[11:15])


def _fields(pid: int) -> list[str]:
    """`/proc/<pid>/stat` from the state on; empty when the process is gone."""
    try:
        # The name comes before, in parentheses, and may hold anything.
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _kilobytes(pid: int, name: str) -> int:
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise ValueError(f"the kernel does not tell {name}")
