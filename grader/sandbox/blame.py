"""What is behind an exception that a session tells of: a limit of the question, the student, or a card of ours."""

from __future__ import annotations

import re

NO_MEMORY = re.compile(
    r"can't allocate memory|not enough memory|Cannot allocate memory|std::bad_alloc|CUDA out of memory", re.IGNORECASE
)
CARD = re.compile(
    r"CUDA driver initialization failed|CUDA unknown error|No CUDA GPUs are available|no CUDA-capable device"
    r"|uncorrectable ECC|GPU is lost|fallen off the bus|system not yet initialized|all CUDA-capable devices are busy"
    r"|devices? (?:is|are) busy or unavailable",
    re.IGNORECASE,
)


def exhaustion(ename: str, evalue: str) -> str | None:
    """The limit behind an exception, if it is one. A student who forges it only harms their own verdict."""
    if ename in ("MemoryError", "_ArrayMemoryError") or NO_MEMORY.search(evalue):
        return "memory"
    if ename == "OutputFlood":
        return "output"
    if (ename == "BlockingIOError" and "[Errno 11]" in evalue) or evalue.startswith("can't start new thread"):
        return "processes"
    if ename == "OSError" and ("[Errno 27]" in evalue or "[Errno 28]" in evalue):
        return "files"
    return None


def card_failed(evalue: str) -> bool:
    """Whether the card did it, not the code on it. A student who forges it is graded by a human in the end."""
    return CARD.search(evalue) is not None
