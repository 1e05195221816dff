"""What holds on this machine: the walls are attacked here, from inside real sessions, with bait planted outside."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grader.doctor.attacks import DAEMON, FILES, GROUPS, KERNEL, MARK, REACHES, SPENDS, SPENT, STRIKE, TOGETHER, Reach
from grader.doctor.bait import Bait
from grader.model import Level, Limits
from grader.sandbox import Ran, Sandbox, SandboxFault, Session, Standing, StudentError, cgroups, open_sandbox, standing


@dataclass(frozen=True, slots=True)
class Finding:
    """One wall. ``holds`` is None where it could not be attacked; what is not required is good to have."""

    wall: str
    holds: bool | None
    seen: str
    remedy: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found. ``why`` and ``remedy`` speak of the level that could not be had."""

    level: Level
    findings: tuple[Finding, ...]
    why: str = ""
    remedy: str = ""
    limits: str = ""  # what counts the processes of a session together
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        return self.level is not Level.NONE and all(f.holds for f in self.findings if f.required)

    def facts(self) -> dict[str, Any]:
        """For machines."""
        return {"sound": self.sound, **asdict(self)}


MEMORY_OF_ALL = "memory of all processes"

# ── the examination ──────────────────────────────────────────────────────────


def examine(
    state: Standing | None = None, opened: Callable[[], AbstractContextManager[Sandbox]] | None = None
) -> Examination:
    """Attacks the strongest walls that stand here. Takes seconds. ``opened`` opens another sandbox instead."""
    start = time.monotonic()
    found = state if state is not None else standing()
    if not found and opened is None:
        untried = (*(attack.wall for attack in REACHES), *(spend[0] for spend in SPENDS), "survival", "neighbours")
        findings = tuple(Finding(wall, None, "not tried: no sandbox") for wall in untried)
        return Examination(Level.NONE, findings, found.why, found.remedy)
    with Bait() as bait, (opened or _open)() as sandbox:
        findings = tuple(_attack(sandbox, bait))
        level = sandbox.level
    limits = cgroups.detect().sentence() if level is not Level.NONE else ""
    return Examination(level, findings, limits=limits, seconds=time.monotonic() - start)


def _open() -> AbstractContextManager[Sandbox]:
    return open_sandbox("bubblewrap")


def _attack(sandbox: Sandbox, bait: Bait) -> Iterable[Finding]:
    told = bait.values()
    with _session(sandbox) as session:
        for reach in REACHES:
            yield _guarded(reach.wall, lambda reach=reach: _reach(session, bait, reach, told))  # type: ignore[misc]
    for wall, limit, source, limits in SPENDS:
        yield _guarded(wall, lambda s=source, m=limits, w=wall, n=limit: _spend(sandbox, w, n, s, m))  # type: ignore[misc]
    yield _guarded(MEMORY_OF_ALL, lambda: _together(sandbox))
    yield _guarded("survival", lambda: _survival(sandbox))
    yield _guarded("neighbours", lambda: _neighbours(sandbox))


@contextmanager
def _session(sandbox: Sandbox) -> Any:
    with sandbox.session(0) as session:
        yield session


def _guarded(wall: str, attack: Callable[[], Finding]) -> Finding:
    try:
        return attack()
    except (SandboxFault, StudentError) as error:  # an attack that ended its own session found no door
        return Finding(wall, False, f"the session failed: {str(error).splitlines()[0][:120]}", KERNEL)


def _reach(session: Session, bait: Bait, reach: Reach, told: Mapping[str, Any]) -> Finding:
    ran = session.execute("reached = []\n" + reach.source.format_map(told), Limits(seconds=8))
    if not ran.ok:
        return Finding(reach.wall, False, f"the attack did not end well: {_end(ran)}", KERNEL)
    claimed = session.fetch("reached")
    reached = [str(name) for name in claimed] if isinstance(claimed, list) else ["?"]
    if reach.server and bait.visited(reach.server):
        reached.append(f"our own {reach.server.upper()} server")
    if reach.remedy is FILES:
        reached += [f"changed: {name}" for name in bait.changed()]
    if reached:
        return Finding(reach.wall, False, _few(reached), reach.remedy.replace("{prefix}", sys.prefix))
    return Finding(reach.wall, True, "out of reach")


def _spend(sandbox: Sandbox, wall: str, limit: str, source: str, limits: Limits) -> Finding:
    start = time.monotonic()
    with _session(sandbox) as session:
        ran = session.execute(source, limits)
    seconds = time.monotonic() - start
    if ran.exhausted == limit:
        return Finding(wall, True, f"stopped: {limit}, gone after {seconds:.1f} s")
    return Finding(wall, False, f"not stopped: {_end(ran)}", KERNEL)


def _together(sandbox: Sandbox) -> Finding:
    """Each process has a limit of its own in any case; that all have one together takes a control group."""
    found = _spend(sandbox, MEMORY_OF_ALL, "memory", TOGETHER, SPENT)
    return found if found.holds else replace(found, remedy=GROUPS, required=False)


def _survival(sandbox: Sandbox) -> Finding:
    nap = str(10**6 + secrets.randbelow(10**6))
    with _session(sandbox) as session:
        ran = session.execute(DAEMON.format(nap=nap), Limits())
        limit = time.monotonic() + 2
        while not (born := _sleepers(nap)) and time.monotonic() < limit:
            time.sleep(0.02)
    alive = _sleepers(nap)
    if alive:
        return Finding("survival", False, f"a daemon outlives its session: pid {alive[0]}", KERNEL)
    if not ran.ok or not born:
        return Finding("survival", None, f"no daemon could be started: {_end(ran)}", required=False)
    return Finding("survival", True, "a daemon ends with its session")


def _sleepers(nap: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cmdline").read_bytes() == f"sleep\0{nap}\0".encode():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _neighbours(sandbox: Sandbox) -> Finding:
    """Signals, ptrace and memory of the warm parent, and of a session beside."""
    mark = f"p{secrets.token_hex(6)}"
    with _session(sandbox) as neighbour:
        neighbour.execute(MARK.format(mark=mark) + "\nkept = 42", Limits())
        with _session(sandbox) as session:
            ran = session.execute("reached = []\n" + STRIKE.format(mark=mark), Limits())
            struck = list(session.fetch("reached")) if ran.ok else [_end(ran)]
        try:
            if neighbour.fetch("kept") != 42:
                struck.append("the neighbour's variables")
        except (StudentError, SandboxFault):
            struck.append("the neighbour ended")
    if struck:
        return Finding("neighbours", False, _few(map(str, struck)), KERNEL)
    return Finding("neighbours", True, "neither the parent nor a session beside can be signalled, traced or read")


def _end(ran: Ran) -> str:
    if ran.exhausted:
        return f"exhausted {ran.exhausted}"
    return f"{ran.crash.ename}: {ran.crash.evalue}"[:120] if ran.crash else "it ended as if nothing were wrong"


def _few(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    return ", ".join(every[:3]) + (f" and {len(every) - 3} more" if len(every) > 3 else "")


# ── what a person reads ──────────────────────────────────────────────────────

LEVELS = {
    Level.INNER: "level inner: one warm sandbox, and walls of its own around each submission.",
    Level.OUTER: "level outer: a sandbox for each submission. The inner wall, which makes it fast, does not stand.",
    Level.NONE: "level none: no wall stands, and `partiel grade` refuses without --trust-submissions.",
}


def word(finding: Finding) -> str:
    """``holds``, ``BROKEN``, ``missing`` (good to have) or ``-`` (not tried)."""
    if finding.holds is None:
        return "-"
    return "holds" if finding.holds else "BROKEN" if finding.required else "missing"


def advice(found: Examination) -> list[str]:
    """The level, then each thing to do, once."""
    todo = [f"{f.wall}: {f.remedy}" for f in found.findings if not f.holds and f.remedy]
    why = [f"{found.why}\n  {found.remedy}"] if found.why else []
    limits = [f"control groups: {found.limits}."] if found.limits else []
    return [LEVELS[found.level], *limits, *why, *todo]
