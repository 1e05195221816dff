"""What right and wrong solutions of `generate_fruits` reach, by the exercise's own checks.

The solutions that ship with it are run, those that train with as many steps as the reference: in `solutions/` they stop
earlier where the fault shows anyway.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["MPLBACKEND"] = "agg"

import numpy as np
import torch
from measured import bounds, constants, runs

from grader import datasets

torch.set_num_threads(1)
SOLUTIONS = Path(__file__).parent.parent / "solutions" / "generate_fruits"
SECRETS = tuple(f"calibration {i}" for i in range(4))
STEPS = re.compile(r"^steps, batch = \d+", re.MULTILINE)
CHECKS = {  # by what they measure
    "removed": "removes_noise",
    "caption ratio": "reads_the_caption",
    "time": "reads_the_time",
    "shape": "draws_the_shape_asked",
    "colour": "draws_the_colour_asked",
    "clean": "draws_clean_fruits",
    "copies": "draws_new_fruits",
    "spread": "draws_varied_fruits",
    "again": "draws_again_with_other_noise",
}
OTHERS = 8  # seeds of a wrong one


def solved(source: str, seed: int) -> tuple[dict[str, Any], float]:
    """The names that a solution defines, and the CPU seconds it took."""
    torch.manual_seed(seed)
    start = time.process_time()
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<solution>", "exec"), names)  # noqa: S102  our own files
    return names, time.process_time() - start


def measured(ex: dict[str, Any], source: str, secrets: Sequence[str], seed: int) -> dict[str, Any]:
    """For each secret, the metrics. What the solution drew itself is the same for all of them."""
    names, seconds = solved(source, seed)

    def denoiser(x: Any, t: Any, caption: Any) -> Any:
        return np.asarray(names["denoiser"](x, t, caption))

    samples = np.asarray(names["samples"])
    drawn, copies, spread = ex["judged"](samples), ex["copies"](samples), ex["spread"](samples)
    rows = []
    for secret in secrets:
        with datasets.use(secret):
            right, wrong = ex["errors"](denoiser)
            then = ex["change_with_time"](denoiser)
            again = ex["judged"](ex["sampled"](denoiser, ex["AGAIN"]), ex["AGAIN"]).clean
        rows.append([1 - right, wrong / right, then, drawn.shape, drawn.colour, drawn.clean, copies, spread, again])
    return {"seconds": round(seconds, 2), "measured": np.round(rows, 5).tolist()}


def solutions() -> Iterator[tuple[str, str]]:
    steps = STEPS.search((SOLUTIONS / "reference.py").read_text("utf-8"))
    assert steps
    for file in sorted(SOLUTIONS.glob("*.py")):
        yield file.stem, STEPS.sub(steps[0], file.read_text("utf-8"))


def table(seeds: int, only: str) -> None:
    ex = constants("generate_fruits")
    gates = [ex["REMOVED_GATE"], ex["CAPTION_GATE"], ex["TIME_GATE"], ex["AGREE_GATE"], ex["AGREE_GATE"],
             ex["CLEAN_GATE"], -ex["COPIES"], ex["SPREAD"], ex["CLEAN_GATE"]]  # fmt: skip
    better = np.array([-1 if name == "copies" else 1 for name in CHECKS])  # of copies, fewer are
    print("| solution | seeds | CPU s | " + " | ".join(CHECKS) + " | upper bound below the gate |")
    print("|---" * (4 + len(CHECKS)) + "|", flush=True)
    least = {}
    for name, source in solutions():
        if only not in name:
            continue
        number = seeds if name.startswith("reference") else min(seeds, OTHERS)
        secrets = SECRETS if name.startswith("reference") else SECRETS[:2]
        found = runs("generate_fruits", name, number, partial(measured, ex, source, secrets))
        values = np.array([run["measured"] for run in found])  # (seeds, secrets, metrics)
        cells, caught = [], []
        for k, check in enumerate(CHECKS.values()):
            low, high = bounds(values[..., k])
            cells.append(f"{values[..., k].mean():.3f} [{low:.3f}, {high:.3f}]")
            if bounds(values[..., k] * better[k])[1] < gates[k]:
                caught.append(f"`{check}`")
        least[name] = (values * better).min((0, 1)) * better
        seconds = np.mean([run["seconds"] for run in found])
        print(f"| {name} | {number} | {seconds:.1f} | " + " | ".join(cells) + f" | {', '.join(caught)} |", flush=True)
    print(f"\nmean [99.9 % bounds] at the worst of {len(SECRETS)} secrets, 2 for wrong solutions; the worst seen:")
    for name, worst in least.items():
        print(f"{name}:", ", ".join(f"{metric} {value:.3f}" for metric, value in zip(CHECKS, worst, strict=True)))
