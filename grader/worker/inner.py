"""The inner wall: one submission in fresh user, pid, mount, ipc and network namespaces, forked from the warm parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from typing import Any, NoReturn

from . import walls

NEW = 0x10000000 | 0x20000000 | 0x20000 | 0x8000000 | 0x40000000  # user, pid, mount, ipc, network
REC_PRIVATE, BIND_REC, SAFE = 0x4000 | 1 << 18, 0x1000 | 0x4000, 2 | 4  # flags of mount(2); nosuid and nodev
NOEXEC = 8
CAPBSET_DROP, LAST_CAPABILITY = 24, 63
CAPABILITY_VERSION = 0x20080522


def enter(settings: Mapping[str, Any]) -> None:
    """Returns in the submission's process alone. Around it remain an init and a guard, which relay signals."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    walls.hide_memory(False)  # /proc/self belongs to nobody while it is hidden
    _check(libc.unshare(NEW), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")
    init = os.fork()
    if init:
        _relay(init)
    walls.die_with_parent()
    _mounts(libc, settings)
    _write("/proc/sys/user/max_user_namespaces", "0")
    os.chdir(settings["home"])
    worker = os.fork()
    if worker:
        walls.hide_memory(True)
        _relay(worker)
    _drop_capabilities(libc)


def _relay(child: int) -> NoReturn:
    """Passes interrupts on, buries orphans, and ends as ``child`` did: 128 + n for signal n."""
    signal.signal(signal.SIGINT, lambda *_: os.kill(child, signal.SIGINT))
    os.closerange(3, 4096)
    while True:
        try:
            pid, status = os.wait()
        except (ChildProcessError, InterruptedError):
            os._exit(70)
        except BaseException:  # a signal between two instructions must not end the guard
            continue
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(128 - code if code < 0 else code)


def _mounts(libc: Any, settings: Mapping[str, Any]) -> None:
    """A /proc of its own and fresh scratch; what must stay visible under the scratch is mounted again."""
    _check(libc.mount(None, b"/", None, REC_PRIVATE, None), "private mounts")
    kept = [(path, os.open(path, os.O_PATH)) for path in settings["keep"]]
    _check(libc.mount(b"proc", b"/proc", b"proc", SAFE | NOEXEC, None), "/proc")
    options = f"mode=1777,size={settings['scratch']}".encode()
    for place in ("/tmp", "/dev/shm", settings["home"]):
        _check(libc.mount(b"tmpfs", place.encode(), b"tmpfs", SAFE, options), place)
    for path, fd in kept:
        os.makedirs(path)
        _check(libc.mount(f"/proc/self/fd/{fd}".encode(), path.encode(), None, BIND_REC, None), path)
        os.close(fd)


def _drop_capabilities(libc: Any) -> None:
    for capability in range(LAST_CAPABILITY + 1):
        if libc.prctl(CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) != 0:
            break  # the first number that this kernel does not know
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def explain() -> None:
    """Tells the trusted side, by the log, why a wall could not be built."""
    traceback.print_exc(file=sys.__stderr__)
    if sys.__stderr__ is not None:
        sys.__stderr__.flush()
