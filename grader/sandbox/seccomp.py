"""System calls that no exercise needs, as BPF programs. The only importer of pyseccomp."""

from __future__ import annotations

import errno
import functools
import os
import tempfile

DENIED = (
    "bpf",
    "keyctl",
    "add_key",
    "request_key",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "pidfd_getfd",
    "pidfd_send_signal",
    "kcmp",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "open_by_handle_at",
    "name_to_handle_at",
    "quotactl",
    "swapon",
    "swapoff",
    "reboot",
    "syslog",
    "acct",
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "clock_adjtime",
    "fanotify_init",
    "lookup_dcookie",
    "nfsservctl",
    "vhangup",
    "iopl",
    "ioperm",
    "modify_ldt",
    "personality",
    "memfd_secret",
)
WALL_BUILDING = (
    "unshare",
    "setns",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "move_mount",
    "open_tree",
    "mount_setattr",
)
SIGNALS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64")
CLONE_NEWUSER = 0x10000000
WORD = 0xFFFFFFFF


def available() -> str:
    """Why filters cannot be made here, or nothing."""
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError) as error:
        return f"no system-call filters: {error}"
    return ""


def outer() -> bytes:
    """For the whole sandbox: it may still build the inner wall."""
    return _program(DENIED, spared=())


@functools.cache
def child(spared: tuple[int, ...]) -> bytes:
    """For one student's process: no wall-building, and no signal to these pids (groups, where negative)."""
    return _program((*DENIED, *WALL_BUILDING), spared=tuple(sorted(set(spared) - {0})))


def _program(denied: tuple[str, ...], spared: tuple[int, ...]) -> bytes:
    import pyseccomp as seccomp

    calls = seccomp.SyscallFilter(seccomp.ALLOW)
    refuse, absent = seccomp.ERRNO(errno.EPERM), seccomp.ERRNO(errno.ENOSYS)
    for name in denied:
        _add(seccomp, calls, refuse, name)
    if "unshare" in denied:
        _add(seccomp, calls, absent, "clone3")  # its flags lie in memory, where no filter can read them
        _add(seccomp, calls, refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER))
    for name in SIGNALS:
        for pid in spared:
            if name != "prlimit64" or pid > 1:
                _add(seccomp, calls, refuse, name, seccomp.Arg(0, seccomp.MASKED_EQ, WORD, pid & WORD))
    with tempfile.TemporaryFile() as file:
        calls.export_bpf(file)
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        return os.read(file.fileno(), 1 << 16)


def _add(seccomp: object, calls: object, action: object, name: str, *arguments: object) -> None:
    try:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)  # type: ignore[attr-defined]
    except (ValueError, OSError, AttributeError):
        return
    if isinstance(number, int) and number >= 0:
        calls.add_rule(action, name, *arguments)  # type: ignore[attr-defined]
