"""Containers: the command lines of three engines, and the protocol over a stand-in that runs the worker here."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.model import Level, Limits
from grader.sandbox import Kind, SandboxFault, cards, container, meeting, open_sandbox, seccomp
from grader.sandbox import warm as warming

SHOWN = container.Shown({"/opt/worker": Path("/k/worker"), "/data/mnist/public.npz": Path("/d/m.npz")}, 61007)


def line(name: container.EngineName, shown: container.Shown = SHOWN) -> list[str]:
    return container.command(container.Engine(name, f"/usr/bin/{name}", "course:1"), "partiel-1", shown)


def after(words: list[str], option: str) -> list[str]:
    return [words[i + 1] for i, word in enumerate(words) if word == option]


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_a_container_has_no_network_no_capability_and_nothing_to_write(name: container.EngineName) -> None:
    words = line(name)
    assert words[:3] == [f"/usr/bin/{name}", "run", "--rm"] and "--read-only" in words
    assert after(words, "--network") == ["none"] and after(words, "--cap-drop") == ["ALL"]
    assert "no-new-privileges" in after(words, "--security-opt") and after(words, "--user") == ["61007:61007"]
    assert after(words, "--volume") == ["/k/worker:/opt/worker:ro", "/d/m.npz:/data/mnist/public.npz:ro"]
    assert all("size=" in place for place in after(words, "--tmpfs")) and after(words, "--pids-limit")
    assert after(words, "--memory") == after(words, "--memory-swap")
    assert after(words, "--pull") == ["never"] and not {"--privileged", "--pid", "--init"} & set(words)
    assert words[-6:] == ["--entrypoint", "python3", "course:1", "-s", "-P", "/opt/worker/__main__.py"]


def test_apptainer_contains_all() -> None:
    words = line("apptainer")
    assert words[:5] == ["/usr/bin/apptainer", "exec", "--containall", "--cleanenv", "--no-home"]
    assert after(words, "--network") == ["none"] and "--net" in words
    assert after(words, "--bind") == ["/k/worker:/opt/worker:ro", "/d/m.npz:/data/mnist/public.npz:ro"]
    assert words[-5:] == ["course:1", "python3", "-s", "-P", "/opt/worker/__main__.py"]
    assert "HOME=/tmp" in after(words, "--env") and "--nv" not in words


def test_each_engine_names_a_card_its_own_way() -> None:
    shown = container.Shown({}, card=cards.Card(1, 0, "GPU-1"))
    assert after(line("docker", shown), "--gpus") == ["device=GPU-1"]
    assert after(line("podman", shown), "--device") == ["nvidia.com/gpu=GPU-1"]
    assert "--nv" in line("apptainer", shown)


def test_nothing_of_our_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTIEL_SECRET", "x")
    assert not any("PARTIEL_SECRET" in word for name in container.ENGINES for word in line(name))


def test_the_first_engine_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"docker": "/bin/docker", "apptainer": "/bin/apptainer"}
    monkeypatch.setattr(container.shutil, "which", there.get)
    assert container.engine("i").name == "docker" and container.engine("i", "apptainer").program == "/bin/apptainer"
    with pytest.raises(SandboxFault, match="podman"):
        container.engine("i", "podman")


def test_an_image_must_be_named() -> None:
    with pytest.raises(SandboxFault, match="no image"):
        open_sandbox("container")


# ── the protocol, over an engine that runs the worker here ───────────────────

STAND_IN = """#!{python}
import os, signal, sys
words = sys.argv[1:]
state = os.path.dirname(os.path.abspath(__file__))
with open(state + "/calls", "a") as file:
    print(*words[:2], file=file)
if words[0] == "rm":
    if not os.path.exists(state + "/pid"): sys.exit("no such container")
    try: os.kill(int(open(state + "/pid").read()), signal.SIGKILL)
    except ProcessLookupError: pass
    sys.exit(0)
options = words[: words.index("--entrypoint")]
image, *rest = words[len(options) + 2 :]
if image == "absent":
    sys.exit("Error: absent: image not known")
if image == "mute":
    import time; time.sleep(60)
for i, word in enumerate(options):
    if word == "--volume":
        source, inside, mode = options[i + 1].split(":")
        assert mode == "ro"
        rest = [argument.replace(inside, source) for argument in rest]
variables = dict(options[i + 1].split("=", 1) for i, word in enumerate(options) if word == "--env")
open(state + "/pid", "w").write(str(os.getpid()))
os.execve(sys.executable, [sys.executable, *rest], variables | {{"HOME": state}})
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if seccomp.available():
        pytest.skip(seccomp.available())
    program = tmp_path / "podman"
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setattr(container.shutil, "which", {"podman": str(program)}.get)
    return tmp_path


@pytest.fixture
def opened(stand_in: Path) -> Iterator[Any]:
    kind: Kind = "container"
    with open_sandbox(kind, image="course:1") as sandbox:
        yield sandbox


def gone(pid: int) -> bool:
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.02)
    return False


def test_a_session_runs_cells_and_answers(opened: Any, stand_in: Path) -> None:
    with opened.session(5) as session:
        assert session.level is Level.OUTER
        assert session.execute("x = 6 * 7\ndef f(a): return a + x", Limits()).ok
        assert session.fetch("x") == 42 and session.fetch("f")(1) == 43
        assert session.execute("while True: pass", Limits(seconds=0.3)).exhausted == "seconds"
    assert gone(int((stand_in / "pid").read_text()))
    assert (stand_in / "calls").read_text() == "run --rm\n"  # it ended by itself: nobody had to remove it


def test_each_session_has_a_container_of_its_own(opened: Any, stand_in: Path) -> None:
    pids = []
    for seed in range(2):
        with opened.session(seed):
            pids.append((stand_in / "pid").read_text())
    assert len(set(pids)) == 2


def test_a_container_that_hangs_is_removed(opened: Any, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "REPLY_SECONDS", 0.3)
    monkeypatch.setattr(container, "CLOSING_SECONDS", 0.3)
    session = opened.session(1)
    pid = int((stand_in / "pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    session.close()
    assert gone(pid) and "rm --force" in (stand_in / "calls").read_text()


@pytest.mark.parametrize(("image", "said"), [("absent", "image not known"), ("mute", "did not come")])
def test_an_engine_that_does_not_start_the_worker_is_our_fault(
    stand_in: Path, image: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "START_SECONDS", 1.0)
    with open_sandbox("container", image=image) as sandbox, pytest.raises(SandboxFault, match=said):
        sandbox.session(1)
    assert (stand_in / "calls").read_text() == "run --rm\nrm --force\n"


def test_the_door_is_shut_behind_the_worker() -> None:
    place = meeting.Meeting("/inside")
    folder = place.folder
    assert place.inside == "/inside/control" and folder.parent.stat().st_mode & 0o077 == 0
    alive: Callable[[], bool] = lambda: False  # noqa: E731
    assert place.meet(alive, 5) is None and not folder.exists()
