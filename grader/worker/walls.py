"""What a child puts around itself before a student's code runs: limits and a system-call filter. By ctypes."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 36, 38
SECCOMP_MODE_FILTER = 2
MADV_COLLAPSE = 25  # Linux 6.1; older ones refuse, and nothing is lost
MIB = 1 << 20
HUGE = 2 * MIB
SLACK = 256 * MIB  # above the soft memory limit, for the report


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def prctl(option: int, value: int, pointer: object = 0) -> None:
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), pointer, ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")


def hide_memory(hidden: bool) -> None:
    """A process that is not dumpable can be neither traced nor read through /proc by others of its uid."""
    prctl(PR_SET_DUMPABLE, 0 if hidden else 1)


def adopt_orphans() -> None:
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def filter_calls(program: bytes) -> None:
    """Loads a BPF program as seccomp filter; it holds for this process and all it will start."""
    if not program:
        return
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    buffer = ctypes.create_string_buffer(program, len(program))
    description = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(description))


def status_kib(field: str) -> int:
    """A line of /proc/self/status, such as VmHWM or VmData, in KiB; 0 where there is none."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    return 0


def reset_peak() -> None:
    """Starts VmHWM again from what is in use now."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def collapse() -> int:
    """Gathers the heap in huge pages, where the kernel can: forks then copy few page tables. Gives bytes gathered."""
    if not sys.platform.startswith("linux"):
        return 0
    gathered, libc = 0, ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(OSError, ValueError), open("/proc/self/maps") as maps:
        for line in maps.read().splitlines():
            span, mode, _, _, inode, *name = line.split()
            if inode != "0" or mode != "rw-p" or name not in ([], ["[heap]"]):
                continue
            start, end = (int(word, 16) for word in span.split("-"))
            start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
            if end > start and libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE) == 0:
                gathered += end - start
    return gathered


class Ceilings:
    """rlimits: hard ones for the session, soft ones for each question."""

    def __init__(self, memory_mib: int, processes: int, file_mib: int, cpu_seconds: int, strict: bool) -> None:
        self._base = status_kib("VmData") * 1024
        self._strict = strict
        self._lower(resource.RLIMIT_CORE, 0)
        self._lower(resource.RLIMIT_DATA, self._base + memory_mib * MIB + SLACK)
        self._lower(resource.RLIMIT_FSIZE, file_mib * MIB)
        if strict:
            self._lower(resource.RLIMIT_CPU, cpu_seconds + 5)
            self._lower(resource.RLIMIT_NOFILE, 1024)
            self._lower(resource.RLIMIT_NPROC, processes + 4)

    def question(self, memory_mib: int, processes: int, file_mib: int, seconds: float) -> None:
        self._soft(resource.RLIMIT_DATA, self._base + memory_mib * MIB)
        self._soft(resource.RLIMIT_FSIZE, file_mib * MIB)
        if not self._strict:
            return
        self._soft(resource.RLIMIT_NPROC, processes + 4)
        used = resource.getrusage(resource.RUSAGE_SELF)
        self._soft(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + 2 * seconds) + 5)

    def breathe(self) -> None:
        """Room to report that memory ran out."""
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))

    @staticmethod
    def _lower(which: int, value: int) -> None:
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))

    @staticmethod
    def _soft(which: int, value: int) -> None:
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
