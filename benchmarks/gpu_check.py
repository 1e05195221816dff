"""Proves on a machine with a graphics card that sessions use it as they should: one card, a share, no trace left.

    python benchmarks/gpu_check.py [--gpu 0] [--share 0.25] [--json]

Exit codes: 0 all holds, 1 something does not, 2 there is no card here.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout, installed or not

from grader.model import Level, Limits
from grader.sandbox import SandboxFault, StudentError, cards, open_sandbox, standing

LIMITS = Limits(seconds=120, memory_mib=8192)
NONE = "There is no card here that this user may open. Run it where nvidia-smi lists one."
START = "import os, time, torch\nstart = time.perf_counter()\n"
SEES = (
    START + "x = torch.cuda.device_count(), os.environ['CUDA_VISIBLE_DEVICES'],"
    " sorted(n for n in os.listdir('/dev') if n[:6] == 'nvidia' and n[6:].isdigit())"
)
COMPUTES = START + (
    "a = torch.arange(12.0).reshape(3, 4)\n"
    "same = bool(torch.allclose((a.cuda() @ a.T.cuda()).cpu(), a @ a.T))\n"
    "x = same, torch.cuda.get_device_name(0), time.perf_counter() - start"
)
KERAS = "import keras\nx = keras.ops.ones((2, 2)).device.type"
HOLDS = "import torch\nkept = torch.empty(int({part} * torch.cuda.mem_get_info()[1]), dtype=torch.uint8, device='cuda')"
FREE = "import torch\nx = torch.cuda.mem_get_info()[0]"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gpu", type=int, default=0)
    asked.add_argument("--share", type=float, default=0.25)
    asked.add_argument("--json", action="store_true")
    wanted = asked.parse_args()
    facts: dict[str, Any] = {"cards": cards.count(), "level": str(standing().level), "checks": []}
    try:
        cards.card(wanted.gpu, wanted.share)
    except SandboxFault as fault:
        facts["why"] = fault.problem
        print(json.dumps(facts) if wanted.json else f"{NONE}\n  ({fault.problem})")
        return 2
    kind = "bubblewrap" if standing() else "plain"
    for name, check in checks(kind, wanted.gpu, wanted.share):
        start = time.monotonic()
        try:
            seen, holds = check()
        except (SandboxFault, StudentError, AssertionError) as error:
            seen, holds = f"{type(error).__name__}: {error}", False
        facts["checks"].append({"name": name, "holds": holds, "seen": seen, "seconds": time.monotonic() - start})
        if not wanted.json:
            print(f"{'holds ' if holds else 'BROKEN'}  {name}: {seen}", flush=True)
    holds = all(check["holds"] for check in facts["checks"])
    print(
        json.dumps(facts, indent=1)
        if wanted.json
        else f"level {facts['level']}; {'all holds' if holds else 'NOT all holds'}"
    )
    return 0 if holds else 1


def checks(kind: Any, gpu: int, share: float) -> Iterator[tuple[str, Callable[[], tuple[str, bool]]]]:
    """Each gives what it saw, and whether that is right."""
    with open_sandbox(kind, preload=("torch", "keras"), gpu=gpu, share=share) as sandbox:

        def value(source: str) -> Any:
            with sandbox.session(1) as session:
                ran = session.execute(source, LIMITS)
                assert ran.ok, ran.crash or ran.exhausted
                return session.fetch("x")

        def parent() -> tuple[str, bool]:
            start = time.monotonic()
            with sandbox.session(1):
                pass  # a parent in which CUDA was started refuses to serve
            return f"imported torch and keras in {time.monotonic() - start:.1f} s, CUDA not initialised", True

        def sees() -> tuple[str, bool]:
            number, visible, files = value(SEES)
            alone = sandbox.level is Level.NONE or len(files) == 1
            return f"{number} card, as {visible}, device files {files}", number == 1 and alone

        def computes() -> tuple[str, bool]:
            same, name, seconds = value(COMPUTES)
            return f"{name}, first result after {seconds:.2f} s, equal to the CPU's: {same}", bool(same)

        def with_keras() -> tuple[str, bool]:
            device = value(KERAS)
            return f"a tensor of Keras lies on {device}", device == "cuda"

        def within() -> tuple[str, bool]:
            with sandbox.session(1) as session:
                ran = session.execute(HOLDS.format(part=share / 2), LIMITS)
            return f"half of a share of {share}: {ran.crash or 'allocated'}", ran.ok

        def beyond() -> tuple[str, bool]:
            with sandbox.session(1) as session:
                ran = session.execute(HOLDS.format(part=min(1.0, share * 1.5)), LIMITS)
            return f"one and a half of it: exhausted {ran.exhausted}", ran.exhausted == "memory"

        def together() -> tuple[str, bool]:
            with sandbox.session(1) as one, sandbox.session(2) as two:
                rans = [session.execute(HOLDS.format(part=share / 2), LIMITS) for session in (one, two)]
            return "two sessions hold memory at once", all(ran.ok for ran in rans)

        def returned() -> tuple[str, bool]:
            before = value(FREE)
            with sandbox.session(1) as session:
                session.execute(HOLDS.format(part=share / 2), LIMITS)
            after = value(FREE)
            return f"free before {before >> 20} MiB, after {after >> 20} MiB", after >= before - (64 << 20)

        yield "the parent never starts CUDA", parent
        yield "a session sees one card", sees
        yield "it computes", computes
        yield "Keras uses it", with_keras
        yield "memory within the share", within
        yield "memory beyond the share is the student's", beyond
        yield "two sessions share the card", together
        yield "memory comes back after a session", returned

    def without() -> tuple[str, bool]:
        with open_sandbox(kind, preload=("torch",)) as plain, plain.session(1) as session:
            ran = session.execute("import torch\nx = torch.cuda.device_count()", LIMITS)
            number = session.fetch("x") if ran.ok else -1
        return f"{number} cards where none was asked for", number == 0

    yield "no card without asking", without


if __name__ == "__main__":
    sys.exit(main())
