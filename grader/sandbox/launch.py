"""Starts bubblewrap for root: in a private mount namespace, under an unprivileged uid. Standard library only.

`python -I -S launch.py UID JSON COMMAND…`: JSON lists [source, staged] pairs; COMMAND speaks of the staged paths.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import sys
from pathlib import Path

STAGE = "/run/partiel/stage"
NEW_MOUNTS, PRIVATE, BIND, NOSUID = 0x20000, 0x4000 | 1 << 18, 0x1000 | 0x4000, 2
NO_NEW_PRIVS = 38
MOST_PROCESSES = 1024


def main() -> None:
    uid, pairs, command = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
    libc = ctypes.CDLL(None, use_errno=True)

    def check(result: int, what: str) -> None:
        if result != 0:
            raise SystemExit(f"{what}: {os.strerror(ctypes.get_errno())}")

    check(libc.unshare(NEW_MOUNTS), "unshare")
    check(libc.mount(None, b"/", None, PRIVATE, None), "private mounts")
    check(libc.mount(b"tmpfs", STAGE.encode(), b"tmpfs", NOSUID, b"mode=755,size=256m"), "stage")
    for source, staged in pairs:
        Path(staged).parent.mkdir(exist_ok=True)
        if Path(source).is_dir():
            Path(staged).mkdir()
            check(libc.mount(source.encode(), staged.encode(), None, BIND, None), f"bind {source}")
        elif Path(source).stat().st_mode & 0o004:
            Path(staged).touch()
            check(libc.mount(source.encode(), staged.encode(), None, BIND, None), f"bind {source}")
        else:  # ours to read, not the uid's: a copy of what is shown anyway
            shutil.copyfile(source, staged)
            Path(staged).chmod(0o644)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    resource.setrlimit(resource.RLIMIT_NPROC, (MOST_PROCESSES, MOST_PROCESSES))
    check(libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    os.chdir("/")
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
