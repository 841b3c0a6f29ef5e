"""How much memory a process holds."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path


def resident_mb(pid: int | None = None) -> float:
    """Megabytes a process (this one unless told otherwise) has in memory now; of this one, where the system does not
    tell, the most it ever had, and of another 0."""
    statm = Path(f"/proc/{pid or 'self'}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    if pid is not None:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def peak_mb(pid: int) -> float:
    """The most megabytes a process ever had in memory; 0 where the system does not tell, or it has gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0) / 1024
