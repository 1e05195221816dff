"""The walls, attacked: every hostile cell here runs in a real sandbox, and gets the end that it must get."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.model import Level, Limits
from grader.sandbox import (
    Exhausted,
    Ran,
    Sandbox,
    SandboxFault,
    Session,
    StudentError,
    open_sandbox,
    standing,
)
from grader.sandbox import bubblewrap as walls
from grader.sandbox import warm as warming
from grader.sandbox.blame import exhaustion
from grader.sandbox.outputs import rebuilt

LIMITS = Limits(seconds=20)
NAP = 10**6 + os.getpid()  # seconds; no other run sleeps as long
DAEMON = f"import subprocess\nsubprocess.Popen(['sleep', '{NAP}'], start_new_session=True)\nNone"
HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module", params=[Level.OUTER, Level.INNER])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """In CI a missing wall is a failure; elsewhere the tests say why they were skipped."""
    found = standing()
    if not found and os.environ.get("CI") != "true":
        pytest.skip(found.why)
    assert found, f"{found.why}\n{found.remedy}"
    if request.param is Level.INNER and found.level is Level.OUTER:
        pytest.skip("only the outer wall stands here")
    with open_sandbox("bubblewrap", preload=("numpy",), inner=request.param is Level.INNER) as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.session(seed=1) as session:
        yield session


@pytest.fixture(scope="module")
def shared(sandbox: Sandbox) -> Iterator[Session]:
    """For cells that leave no harm behind."""
    with sandbox.session(seed=1) as session:
        yield session


def run(session: Session, source: str, **limits: Any) -> Ran:
    return session.execute(source, Limits(**({"seconds": 20.0} | limits)))


def value(session: Session, source: str) -> Any:
    ran = run(session, source)
    assert ran.ok, ran
    return session.fetch("x")


# ── what can be reached ──────────────────────────────────────────────────────


def test_a_cell_runs_and_its_level_is_told(shared: Session) -> None:
    assert value(shared, "x = 6 * 7") == 42
    assert shared.level in (Level.OUTER, Level.INNER)


def test_it_runs_as_an_unprivileged_uid_without_capabilities(shared: Session) -> None:
    status = value(shared, "import os\nx = os.getuid(), open('/proc/self/status').read()")
    assert status[0] != 0
    assert "CapEff:\t0000000000000000" in status[1] and "CapBnd:\t0000000000000000" in status[1]
    assert "NoNewPrivs:\t1" in status[1] and "Seccomp:\t2" in status[1]


@pytest.mark.parametrize("address", ["1.1.1.1", "127.0.0.1", "169.254.169.254"])
def test_no_network(shared: Session, address: str) -> None:
    ran = run(shared, f"import socket\nsocket.create_connection(({address!r}, 80), 2)")
    assert ran.crash and ran.crash.ename in ("OSError", "ConnectionRefusedError")
    assert value(shared, "import os\nx = sorted(os.listdir('/sys/class/net')) if os.path.exists('/sys') else []") == []


@pytest.mark.parametrize(
    "path", [str(HERE), "/root/.bashrc", "/etc/shadow", "/home", "/var/lib", "/sys/kernel", __file__]
)
def test_files_of_the_host_are_not_there(shared: Session, path: str) -> None:
    source = f"import os\nx = os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r}).read()"
    ran = run(shared, source)
    assert (ran.crash and ran.crash.ename in ("FileNotFoundError", "PermissionError")) or shared.fetch("x") == [
        "student"
    ]


def test_etc_passwd_names_nobody_of_this_machine(shared: Session) -> None:
    assert value(shared, "x = open('/etc/passwd').read()").count("\n") == 2


def test_the_grader_is_neither_importable_nor_readable(shared: Session) -> None:
    ran = run(shared, "import grader")
    assert ran.crash and ran.crash.ename == "ModuleNotFoundError"
    found = value(
        shared,
        "import os\nx = [os.path.join(d, f) for d, _, fs in os.walk('/') if not d.startswith('/proc') for f in fs\n"
        "     if ('partiel' in f.lower() or '/grader/' in d + '/' or '/mlxtend' in d)\n"
        "     and os.path.getsize(os.path.join(d, f))]",  # a masked file has a name and nothing in it
    )
    assert found == []


def test_installed_copies_of_ours_and_graded_images_are_masked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    packages = tmp_path / "site-packages"
    for name in ("grader/_content/secret.py", "mlxtend/data/images.csv", "partiel-1.dist-info/RECORD", "other/fine.py"):
        (packages / name).parent.mkdir(parents=True)
        (packages / name).write_text("sentinel")
    (packages / "__editable__.partiel-1.pth").write_text("/sentinel")
    tmp_path.chmod(0o755)
    monkeypatch.setattr(walls, "packages", lambda: [packages])
    shown = [*walls.prefixes(), packages]
    monkeypatch.setattr(walls, "prefixes", lambda: shown)
    with open_sandbox("bubblewrap") as other, other.session(1) as session:
        found = value(
            session,
            f"import os\nx = [f for d, _, fs in os.walk({str(packages)!r}) for f in fs\n"
            "     if 'sentinel' in open(os.path.join(d, f)).read()]",
        )
    assert found == ["fine.py"]


def test_the_environment_tells_nothing(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = value(shared, "import os\nx = dict(os.environ)")
    assert (
        environ["HOME"] == "/home/student" and environ["KERAS_BACKEND"] == "torch" and environ["PYTHONHASHSEED"] == "0"
    )
    assert environ["CUDA_VISIBLE_DEVICES"] == ""
    inherited = set(os.environ) & set(environ)
    assert inherited <= {"PATH", "HOME", "LANG", "USER", "LOGNAME", "PWD", "TMPDIR", "TERM"} | set(
        walls.environment("", "")
    )


@pytest.mark.parametrize("path", ["/usr/x", "/x", "/etc/x", "/dev/x", "/opt/worker/wire.py", sys.prefix + "/x"])
def test_the_system_is_read_only(shared: Session, path: str) -> None:
    ran = run(shared, f"open({path!r}, 'w').write('x')")
    assert ran.crash and ran.crash.ename in ("OSError", "PermissionError")


@pytest.mark.parametrize("place", ["/tmp", "/home/student", "/dev/shm"])
def test_scratch_space_is_there_and_bounded(session: Session, place: str) -> None:
    assert value(session, f"open({place + '/a'!r}, 'w').write('x' * 1000)\nx = 1") == 1
    fill = f"for i in range(100):\n    with open(f'{place}/{{i}}', 'wb') as f: f.write(bytes(32 << 20))"
    assert run(session, fill).exhausted == "files"


@pytest.mark.parametrize(
    "call", ["unshare(0x10000000)", "ptrace(0, 0, 0, 0)", "mount(0, b'/tmp', 0, 4096, 0)", "keyctl(0, 0)"]
)
def test_system_calls_of_no_use_are_refused(shared: Session, call: str) -> None:
    name, _, arguments = call.partition("(")
    source = (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "numbers = {'unshare': 272, 'ptrace': 101, 'mount': 165, 'keyctl': 250}\n"
        f"x = libc.syscall(numbers[{name!r}], {arguments}, ctypes.get_errno()"
    )
    assert value(shared, source) == (-1, 1)


def test_the_warm_parent_can_be_neither_killed_nor_read(session: Session) -> None:
    ran = run(
        session,
        "import os, signal\nrefused = 0\n"
        "for pid in [-1, *(int(p) for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid())]:\n"
        "    try: os.kill(pid, signal.SIGKILL)\n    except OSError: refused += 1\n"
        "    try: open(f'/proc/{pid}/mem', 'rb')\n    except OSError: refused += 1\n",
    )
    assert ran.ok and session.alive and session.fetch("refused") >= 2


# ── what can be used up ──────────────────────────────────────────────────────


def test_an_endless_loop_is_interrupted_and_its_state_kept(session: Session) -> None:
    run(session, "a = 1")
    ran = run(session, "a = 2\nwhile True: pass", seconds=0.5)
    assert ran.exhausted == "seconds" and 0.5 <= ran.seconds < 20
    assert session.alive and session.fetch("a") == 2


def test_sleeping_forever_is_interrupted(session: Session) -> None:
    assert run(session, "import time; time.sleep(1e6)", seconds=0.3).exhausted == "seconds"
    assert session.alive


def test_a_loop_that_ignores_the_interrupt_is_killed(session: Session) -> None:
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    start = time.monotonic()
    ran = run(session, source, seconds=0.3)
    assert ran.exhausted == "seconds" and time.monotonic() - start < 30
    assert not session.alive
    with pytest.raises(StudentError):
        session.fetch("a")
    after = run(session, "1")
    assert after.crash and not after.ok


@pytest.mark.parametrize(
    "source",
    ["import numpy; numpy.ones(1 << 28)", "a = []\nwhile True: a.append(bytearray(1 << 22))"],
    ids=["one", "many"],
)
def test_a_memory_bomb_is_stopped(session: Session, source: str) -> None:
    assert run(session, source, memory_mib=256).exhausted == "memory"
    assert run(session, "1").ok


def test_a_fork_bomb_is_stopped_and_buried(session: Session) -> None:
    start = time.monotonic()
    ran = run(session, "import os, time\nwhile True:\n    if os.fork() == 0: time.sleep(60)", processes=16)
    assert ran.exhausted == "processes"
    session.close()
    assert time.monotonic() - start < 60


def test_output_keeps_its_head_and_its_tail(session: Session) -> None:
    ran = run(session, "for i in range(30000): print(i)", output_kib=16)
    text = "".join(output["text"] for output in ran.outputs)
    assert ran.truncated and text.startswith("0\n1\n") and text.endswith("29999\n") and len(text) < 20_000
    assert ran.exhausted is None


@pytest.mark.parametrize(
    "source",
    [
        "while True: print('x' * 1000)",
        "while True: display('x' * 1000)",
        "while True:\n    try: print('x' * 999)\n    except Exception: pass",
    ],
)
def test_an_output_bomb_is_stopped(session: Session, source: str) -> None:
    ran = run(session, source, output_kib=16)
    assert ran.exhausted == "output" and len(str(ran.outputs)) < 64_000
    assert session.alive


def test_output_below_python_is_bounded_by_the_size_of_a_file(session: Session) -> None:
    ran = run(session, "import os\nwhile True: os.write(1, b'x' * (1 << 20))", file_mib=4, output_kib=16)
    assert ran.exhausted == "files" and ran.truncated


def test_a_file_too_large_is_stopped(session: Session) -> None:
    assert run(session, "open('/tmp/a', 'wb').write(bytes(8 << 20))", file_mib=4).exhausted == "files"


# ── who ends, and who lies ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    "source",
    ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"],
)
def test_ending_the_process_is_a_crash(session: Session, source: str) -> None:
    ran = run(session, source)
    assert ran.crash and ran.crash.ename == "ProcessDied" and ran.exhausted is None
    assert not session.alive


def test_ending_the_process_in_a_call_is_the_students_error(session: Session) -> None:
    run(session, "import os\ndef f(): os._exit(0)")
    with pytest.raises(StudentError, match="ProcessDied"):
        session.fetch("f")()


FIND = (
    "import os, socket, stat\n"
    "fd = [int(f) for f in os.listdir('/proc/self/fd') if int(f) > 2 and os.path.exists(f'/proc/self/fd/{f}')\n"
    "      and stat.S_ISSOCK(os.fstat(int(f)).st_mode)]\n"
)


@pytest.mark.parametrize(
    "forged",
    ["b'garbage' * 100", "b'PtF1' + bytes(12)", "b'PtF1' + (2**31).to_bytes(4, 'big') + bytes(8)"],
)
def test_forged_bytes_are_the_students_crash_and_never_ours(session: Session, forged: str) -> None:
    ran = run(session, FIND + f"for f in fd:\n    try: os.write(f, {forged})\n    except OSError: pass")
    assert ran.crash and ran.crash.ename in ("ProtocolViolation", "ProcessDied")
    assert not session.alive


def test_a_frame_sent_in_advance_is_not_taken_for_an_answer(session: Session) -> None:
    run(session, "def f(): return 1")
    f = session.fetch("f")
    source = (
        FIND + "import json, struct, threading, time\n"
        "head = json.dumps({'id': 4, 'value': 42, 'blobs': []}).encode()\n"
        "frame = struct.pack('!4sIQ', b'PtF1', len(head), 0) + head\n"
        "def late():\n    time.sleep(0.2)\n    for n in fd:\n"
        "        try: os.write(n, frame)\n        except OSError: pass\n"
        "threading.Thread(target=late).start()"
    )
    run(session, source)
    time.sleep(0.6)
    with pytest.raises(StudentError, match="ProtocolViolation"):
        f()
    assert not session.alive


def test_no_process_outlives_its_session(sandbox: Sandbox) -> None:
    with sandbox.session(1) as session:
        ran = run(session, DAEMON)
        assert ran.ok
        assert sleepers(1) == 1
    assert sleepers(0) == 0


def sleepers(expected: int) -> int:
    """Counted again for a while, until they are as many as expected."""
    limit = time.monotonic() + 30
    while (count := count_sleepers()) != expected and time.monotonic() < limit:
        time.sleep(0.02)
    return count


def count_sleepers() -> int:
    count = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                count += (entry / "cmdline").read_bytes() == b"sleep\0%d\0" % NAP
            except OSError:
                continue
    return count


def test_a_daemon_does_not_outlive_a_session_without_walls() -> None:
    with open_sandbox("plain") as plain:
        with plain.session(1) as session:
            run(session, DAEMON)
            assert sleepers(1) == 1
        assert sleepers(0) == 0


def test_thirty_short_solutions_without_walls_take_little_time() -> None:
    with open_sandbox("plain") as plain:
        with plain.session(0):
            pass
        start = time.monotonic()
        for seed in range(30):
            with plain.session(seed) as session:
                assert run(session, "x = 1").ok
        assert time.monotonic() - start < 60  # 0.6 s on a quiet machine


def test_a_sandbox_that_cannot_start_is_our_fault() -> None:
    with open_sandbox("plain", preload=("no_such_module",)) as plain, pytest.raises(SandboxFault, match="no_such"):
        plain.session(1)


def test_the_same_seed_gives_the_same_numbers_within_walls_and_without(sandbox: Sandbox) -> None:
    draws = []
    with open_sandbox("plain", preload=("numpy",)) as plain:
        for place in (sandbox, plain):
            with place.session(5) as session:
                draws.append(
                    value(session, "import random, numpy\nx = random.random(), numpy.random.rand(3), hash('a')")
                )
    assert draws[0][0] == draws[1][0] and np.array_equal(draws[0][1], draws[1][1]) and draws[0][2] == draws[1][2]


# ── what is claimed ──────────────────────────────────────────────────────────


def test_claimed_outputs_are_rebuilt_within_their_budget() -> None:
    hostile: list[Any] = [
        {"output_type": "stream", "name": "stdout", "text": "ok\ud800", "metadata": {"points": 3}},
        {"output_type": "stream", "name": "grade", "text": "no"},
        {"output_type": "execute_result", "data": {"text/plain": "1", "x": {"deep": []}}, "execution_count": "1"},
        {"output_type": "display_data", "data": {"text/html": "x" * 10_000}},
        "text",
        None,
    ]
    kept, cut = rebuilt(hostile, 1000)
    assert cut and len(kept) == 2
    assert kept[0] == {"output_type": "stream", "name": "stdout", "text": "ok?"}
    assert kept[1]["data"] == {"text/plain": "1"} and kept[1]["execution_count"] is None
    assert rebuilt("nonsense", 10) == ((), True)


@pytest.mark.parametrize(
    ("ename", "evalue", "limit"),
    [
        ("MemoryError", "", "memory"),
        ("OSError", "[Errno 27] File too large", "files"),
        ("BlockingIOError", "[Errno 11] Resource temporarily unavailable", "processes"),
        ("ValueError", "x", None),
        ("OSError", "[Errno 2] No such file", None),
    ],
)
def test_an_exception_tells_which_limit_is_behind_it(ename: str, evalue: str, limit: str | None) -> None:
    assert exhaustion(ename, evalue) == limit


def test_a_call_over_its_limit_raises_exhausted(session: Session) -> None:
    run(session, "def f():\n    while True: pass", seconds=2.0)
    with pytest.raises(Exhausted, match="seconds"):
        session.fetch("f")()
    assert session.alive


def test_sessions_of_one_warm_parent_see_nothing_of_each_other() -> None:
    if standing().level is not Level.INNER:
        pytest.skip("the inner wall does not stand here")
    with open_sandbox("bubblewrap", inner=True) as warm, warm.session(1) as one, warm.session(2) as two:
        run(
            one,
            "import subprocess\nopen('/tmp/left', 'w').write('x')\nopen('left', 'w').write('x')\nsecret = 'abc' * 9",
        )
        run(one, "p = subprocess.Popen(['sleep', '86398'])")
        source = "import os\nx = os.listdir('/tmp') + os.listdir('.'), [p for p in os.listdir('/proc') if p.isdigit()]"
        files, processes = value(two, source)
        assert "left" not in files and len(processes) == 2  # its init and itself
        run(one, "import os, signal\nfor p in range(1, 300):\n    try: os.kill(p, 9)\n    except OSError: pass")
        assert value(two, "x = 1") == 1
        with warm.session(3) as three:
            assert value(three, "x = 3") == 3


def test_threads_share_a_warm_parent(sandbox: Sandbox) -> None:
    def work(seed: int) -> int:
        with sandbox.session(seed) as session:
            assert run(session, f"x = {seed}\nimport time; time.sleep(0.1)").ok
            result: int = session.fetch("x")
            return result

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == list(range(8))


def test_a_warm_parent_that_died_is_our_fault_and_is_replaced() -> None:
    if standing().level is not Level.INNER:
        pytest.skip("the inner wall does not stand here")
    with open_sandbox("bubblewrap", inner=True) as warm:
        with warm.session(1) as session:
            assert warm._kept.current is not None
            warm._kept.current.parent._process.kill()
            warm._kept.current.parent._process.wait(5)
            with pytest.raises(SandboxFault):
                session.execute("1", LIMITS)
        with warm.session(2) as session:
            assert value(session, "x = 2") == 2


@pytest.fixture(params=["plain", "bubblewrap"])
def kept(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A sandbox of one warm parent for all its sessions."""
    if request.param == "bubblewrap" and standing().level is not Level.INNER:
        pytest.skip("the inner wall does not stand here")
    with open_sandbox(request.param) as sandbox:
        yield sandbox


def parent_of(sandbox: Any) -> warming.WarmParent:
    found: warming.WarmParent = sandbox._kept.current.parent
    return found


def test_a_parent_that_hangs_is_our_fault_and_is_replaced(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept.session(1):
        first = parent_of(kept)
    monkeypatch.setattr(warming, "REPLY_SECONDS", 0.5)
    os.killpg(first._process.pid, signal.SIGSTOP)
    for process in Path("/proc").iterdir():  # within bubblewrap it leads a session of its own
        if process.name.isdigit() and descends(int(process.name), first._process.pid):
            os.kill(int(process.name), signal.SIGSTOP)
    with pytest.raises(SandboxFault, match="forked"):
        kept.session(2)
    with kept.session(3) as session:
        assert value(session, "x = 3") == 3
    assert parent_of(kept) is not first and not first.alive


def descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def test_a_parent_that_speaks_nonsense_serves_what_it_has_and_no_more(kept: Any) -> None:
    with kept.session(1) as one:
        first = parent_of(kept)
        with pytest.raises(SandboxFault, match="nonsense"):
            first._note(b"[1")
        with kept.session(2) as two:
            assert parent_of(kept) is not first and first.alive
            assert value(one, "x = 1") == 1 and value(two, "x = 2") == 2
    assert not first.alive


def test_a_parent_is_replaced_after_so_many_children(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "MOST_CHILDREN", 2)
    parents = []
    with kept.session(0) as long:
        for seed in range(4):
            with kept.session(seed):
                parents.append(parent_of(kept))
        assert len(set(map(id, parents))) == 3
        assert [parent.alive for parent in parents] == [True, False, False, True]
        assert value(long, "x = 5") == 5
    assert not parents[0].alive
    kept.close()
    assert not parents[-1].alive


def test_a_session_closed_after_its_sandbox_is_closed_quietly() -> None:
    with open_sandbox("plain") as plain:
        session = plain.session(1)
    session.close()
    assert not session.alive
