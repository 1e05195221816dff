"""Control groups: found where they can be had, counted, cleaned up, and done without where they cannot."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.model import Level, Limits
from grader.sandbox import Sandbox, bubblewrap, cgroups, open_sandbox, standing
from grader.sandbox.together import Together, announce, sender

HYBRID = """\
25 1 0:22 / /sys/fs/cgroup rw - tmpfs tmpfs rw
26 25 0:23 / /sys/fs/cgroup/memory rw,relatime shared:1 - cgroup cgroup rw,memory
27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
28 25 0:25 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
29 25 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""


def test_the_mounts_of_both_versions_are_told_apart() -> None:
    found = cgroups._mounted(HYBRID)
    assert found["memory"].place == Path("/sys/fs/cgroup/memory")
    assert found["cpuacct"].folder("/a") == Path("/sys/fs/cgroup/cpu,cpuacct/a")
    assert found[""].place == Path("/sys/fs/cgroup/unified")
    within = cgroups.Mounted(Path("/sys/fs/cgroup/pids"), "/docker/1")
    assert within.folder("/docker/1") == within.place and within.folder("/docker/1/job") == within.place / "job"
    assert cgroups._memberships("4:memory:/a\n1:cpu,cpuacct:/b\n0::/c:d\n") == {
        "memory": "/a",
        "cpu": "/b",
        "cpuacct": "/b",
        "": "/c:d",
    }


@pytest.fixture
def proc(tmp_path: Path) -> Any:
    def write(mounts: str, ours: str) -> tuple[Path, Path]:
        (tmp_path / "mountinfo").write_text(mounts)
        (tmp_path / "cgroup").write_text(ours)
        return tmp_path / "mountinfo", tmp_path / "cgroup"

    return write


def test_version_2_is_taken_beside_us_never_where_processes_live(
    tmp_path: Path, proc: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    scope = root / "user.slice" / "app.slice" / "run-1.scope"
    scope.mkdir(parents=True)
    for folder, passed_on in (
        (root, "cpu memory pids"),
        (root / "user.slice", "memory"),
        (scope.parent, "memory pids"),
        (scope, ""),
    ):
        (folder / "cgroup.subtree_control").write_text(passed_on)
    monkeypatch.setattr(cgroups, "_works", bool)
    mounts = f"29 25 0:26 / {root} rw,relatime - cgroup2 cgroup2 rw\n"
    found = cgroups.find(*proc(mounts, "0::/user.slice/app.slice/run-1.scope\n"))
    assert found.version == 2 and [c.folder for c in found.controllers] == [scope.parent]
    assert found.memory and found.processes and "v2" in found.sentence()
    monkeypatch.setattr(cgroups, "_works", lambda controller: controller.folder == root)
    assert cgroups.find(*proc(mounts, "0::/user.slice/app.slice/run-1.scope\n")).controllers[0].folder == root


def test_version_1_is_taken_below_us(proc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "_works", lambda controller: bool(controller.processes))
    found = cgroups.find(*proc(HYBRID, "8:pids:/job\n4:memory:/job/step\n0::/\n"))
    assert found.version == 1 and not found.memory and found.processes
    assert found.controllers[0].folder == Path("/sys/fs/cgroup/pids/job")


def test_without_groups_nothing_is_said_but_why(tmp_path: Path, proc: Any) -> None:
    for files in (proc("", ""), proc("nonsense - cgroup2", "x"), (tmp_path / "no", tmp_path / "no")):
        found = cgroups.find(*files)
        assert found.version == 0 and found.controllers == () and "rlimits" in found.sentence()


def test_a_folder_that_is_no_control_group_is_not_taken_for_one(tmp_path: Path, proc: Any) -> None:
    (tmp_path / "memory").mkdir()
    found = cgroups.find(*proc(f"26 25 0:23 / {tmp_path}/memory rw - cgroup cgroup rw,memory\n", "4:memory:/\n"))
    assert found.version == 0


# ── where there are some ─────────────────────────────────────────────────────


@pytest.fixture
def groups() -> cgroups.Groups:
    found = cgroups.detect()
    if not (found.memory and found.processes):
        pytest.skip(found.sentence())
    return found


@pytest.fixture(params=[Level.INNER, Level.OUTER])
def sandbox(request: pytest.FixtureRequest, groups: cgroups.Groups) -> Iterator[Sandbox]:
    if not standing() or (request.param is Level.INNER and standing().level is Level.OUTER):
        pytest.skip("the wall does not stand here")
    with open_sandbox("bubblewrap", inner=request.param is Level.INNER) as sandbox:
        yield sandbox


MANY = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        x = b'x' * (100 << 20); time.sleep(1); os._exit(0)
for _ in range(4): os.wait()
"""
SHARED = "import mmap\nm = mmap.mmap(-1, 640 << 20)\nfor i in range(0, 640 << 20, 4096): m[i] = 1"


@pytest.mark.parametrize("source", [MANY, SHARED], ids=["many", "shared"])
def test_processes_share_one_memory_limit(sandbox: Sandbox, source: str) -> None:
    with sandbox.session(1) as session:
        assert session.execute(source, Limits(seconds=20, memory_mib=128)).exhausted == "memory"
    with sandbox.session(1) as session:
        assert session.execute("x = 1", Limits()).ok


def test_what_stays_within_its_limits_is_not_blamed(sandbox: Sandbox) -> None:
    with sandbox.session(1) as session:
        assert session.execute(MANY, Limits(seconds=20, memory_mib=1024)).ok
        ran = session.execute("1 / 0", Limits())
        assert ran.crash and ran.exhausted is None


def test_groups_are_gone_with_their_sessions(sandbox: Sandbox, groups: cgroups.Groups) -> None:
    def left() -> list[Path]:
        return [p for c in groups.controllers for p in c.folder.glob(f"partiel-{os.getpid()}-*")]

    with sandbox.session(1) as session:
        session.execute("import subprocess; subprocess.Popen(['sleep', '99'])", Limits())
        (memory, *_) = left()
        assert len(left()) == len(groups.controllers)
        assert len((memory / "cgroup.procs").read_text().split()) == 2  # its process, and what it started
    assert left() == []


def test_a_session_runs_where_its_group_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    if not standing():
        pytest.skip(standing().why)
    broken = cgroups.Groups(2, (cgroups.Controller(Path("/nowhere"), "memory.max"),))
    monkeypatch.setattr(bubblewrap.cgroups, "detect", lambda: broken)
    with open_sandbox("bubblewrap") as sandbox, sandbox.session(1) as session:
        assert session.execute("x = 1", Limits()).ok


def test_groups_of_a_killed_grader_are_swept(groups: cgroups.Groups) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    stale = [c.folder / f"partiel-{gone.pid}-1" for c in groups.controllers]
    for folder in stale:
        folder.mkdir()
    cgroups.sweep(groups)
    assert not any(folder.exists() for folder in stale)


def test_the_kernel_tells_who_writes() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        announce(ours)
        theirs.sendall(b"hello")
        assert sender(ours) == os.getpid() and ours.recv(9) == b"hello"


def test_no_group_blames_nobody() -> None:
    together = Together(cgroups.Groups())
    together.take(os.getpid(), Limits())
    together.limit(Limits())
    assert together.blamed() is None
    together.close()
