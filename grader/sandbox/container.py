"""Walls by a container engine, where bubblewrap cannot stand: Docker, Podman or Apptainer, a container per session."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from grader.model import Level
from grader.sandbox import seccomp
from grader.sandbox.bubblewrap import HOME, SCRATCH, WORKER_INSIDE, Kit
from grader.sandbox.cards import Card
from grader.sandbox.meeting import Meeting
from grader.sandbox.plain import environment
from grader.sandbox.protocol import SandboxFault
from grader.sandbox.session import START, Conversation
from grader.sandbox.slots import COUNT, FIRST, Slot
from grader.sandbox.stock import Stock
from grader.sandbox.warm import WarmParent

EngineName = Literal["podman", "docker", "apptainer"]
ENGINES: tuple[EngineName, ...] = ("podman", "docker", "apptainer")
MEETING_INSIDE = "/run/partiel"
PATH = "/usr/local/bin:/usr/bin:/bin"
CLOSING_SECONDS = 3.0  # what a container takes to end once its worker is gone
MOST_PROCESSES = START.processes + 64
MEMORY_MIB = START.memory_mib + 512


@dataclass(frozen=True, slots=True)
class Engine:
    """``program`` is the command of this engine, ``image`` one that has the packages of the course and no `grader`."""

    name: EngineName
    program: str
    image: str
    python: str = "python3"


def engine(image: str, wanted: str = "") -> Engine:
    """The engine asked for, or the first that is installed. Raises SandboxFault."""
    for name in ENGINES:
        if wanted in ("", name) and (found := shutil.which(name)):
            return Engine(name, found, image)
    names = wanted or ", ".join(ENGINES)
    raise SandboxFault("container", f"no engine is installed ({names})", "Install podman, or grade with bubblewrap.")


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a container sees of this machine, read-only: folders and files, by their place inside."""

    mounts: Mapping[str, Path]
    uid: int = FIRST
    card: Card | None = None
    variables: Mapping[str, str] = field(default_factory=lambda: environment(HOME, PATH))


def command(engine: Engine, name: str, shown: Shown) -> list[str]:
    """The command line up to and including the worker; its two arguments are still to come."""
    if engine.name == "apptainer":
        words = [engine.program, *_apptainer(shown), engine.image, engine.python]
    else:
        words = [engine.program, *_docker(engine, name, shown), "--entrypoint", engine.python, engine.image]
    return [*words, "-s", "-P", f"{WORKER_INSIDE}/__main__.py"]


def _docker(engine: Engine, name: str, shown: Shown) -> list[str]:
    """Docker and Podman, which differ in how a card is named."""
    words = ["run", "--rm", "--name", name, "--pull", "never", "--log-driver", "none"]
    words += ["--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    words += ["--user", f"{shown.uid}:{shown.uid}", "--ipc", "private", "--hostname", "sandbox", "--workdir", HOME]
    words += ["--pids-limit", str(MOST_PROCESSES), "--memory", f"{MEMORY_MIB}m", "--memory-swap", f"{MEMORY_MIB}m"]
    words += ["--shm-size", str(SCRATCH), "--ulimit", "core=0", "--ulimit", "nofile=1024"]
    for place in ("/tmp", HOME):
        words += ["--tmpfs", f"{place}:rw,nosuid,nodev,size={SCRATCH},mode=1777"]
    for inside, source in shown.mounts.items():
        words += ["--volume", f"{source}:{inside}:ro"]
    for key, value in shown.variables.items():
        words += ["--env", f"{key}={value}"]
    if engine.name == "podman":  # else SELinux, where it rules, refuses the worker our socket
        words += ["--security-opt", "label=disable"]
    if shown.card is not None:
        which = shown.card.uuid or str(shown.card.number)
        words += ["--gpus", f"device={which}"] if engine.name == "docker" else ["--device", f"nvidia.com/gpu={which}"]
    return words


def _apptainer(shown: Shown) -> list[str]:
    """``--containall`` gives /tmp, the home folder, /dev, pid and ipc namespaces of its own. It sets no ceilings:
    those of Slurm, our control groups and the rlimits of the session do.
    """
    words = ["exec", "--containall", "--cleanenv", "--no-home", "--no-privs", "--net", "--network", "none"]
    for inside, source in shown.mounts.items():
        words += ["--bind", f"{source}:{inside}:ro"]
    for key, value in shown.variables.items():
        words += ["--env", f"{key}={value if key not in ('HOME', 'IPYTHONDIR') else value.replace(HOME, '/tmp')}"]
    return [*words, "--pwd", "/tmp", *(["--nv"] if shown.card else [])]


class ContainerSandbox:
    """A container per session: engines forbid the namespaces that walls around sessions of one parent would need."""

    level = Level.OUTER

    def __init__(self, engine: Engine, stock: Stock) -> None:
        self._engine, self._stock = engine, stock

    def session(self, seed: int) -> Conversation:
        """A process that nothing of another session touches. Raises SandboxFault."""
        started = Started(self._engine, self._stock)
        try:
            started.parent.ready()
            spared = (1, started.parent.pid, -1, -started.parent.pid, -started.parent.group)
            filtered = seccomp.child(spared)
            card = self._stock.card is not None
            return Conversation(started.parent, self.level, seed, filtered, started.close, on_card=card)
        except BaseException:
            started.close()
            raise

    def close(self) -> None:
        """Nothing is shared: each session closes its own container."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class Started:
    """One running container, with the files that it is shown."""

    def __init__(self, engine: Engine, stock: Stock) -> None:
        self._engine, self._name = engine, f"partiel-{secrets.token_hex(6)}"
        self._slot = Slot() if os.geteuid() == 0 else None
        uid = self._slot.uid if self._slot else FIRST + secrets.randbelow(COUNT)  # a process limit counts a uid's
        self._kit = Kit(uid)
        meeting = Meeting(MEETING_INSIDE)
        mounts = {WORKER_INSIDE: self._kit.root / "worker", MEETING_INSIDE: meeting.folder}
        for name, source in stock.data.items():
            mounts[f"/data/{name}" if source.is_dir() else f"/data/{name}/public.npz"] = source.resolve()
        settings = stock.settings({name: f"/data/{name}" for name in stock.data}) | {"strict": True, "inner": None}
        words = command(engine, self._name, Shown(mounts, uid, stock.card))
        variables = {"PATH": PATH, "HOME": str(Path.home())}  # of the engine itself, not of what it runs
        try:
            self.parent = WarmParent(words, settings, variables, "/", meeting=meeting, cells=stock.cells)
        except BaseException:
            meeting.close()
            self._remove()
            self._end()
            raise

    def close(self) -> None:
        """The worker ends when its control channel closes, and the container with it; else the engine is told."""
        self.parent.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.parent.wait_end(CLOSING_SECONDS)
        if self.parent.alive or self.parent.sick:
            self._remove()
        self.parent.close()
        self._end()

    def _remove(self) -> None:
        """Killing the engine's command would leave the container running."""
        if self._engine.name != "apptainer":
            words = [self._engine.program, "rm", "--force", self._name]
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run(words, capture_output=True, timeout=30, check=False)

    def _end(self) -> None:
        self._kit.close()
        if self._slot is not None:
            self._slot.release()
