"""What right and wrong solutions of `generate_fruits` reach, and the thresholds that follow.

    OMP_NUM_THREADS=1 python benchmarks/thresholds_diffusion.py --seeds 16      (about 25 minutes on one core)

The solutions that ship with the exercise are run once per seed, each with as many training steps as the reference
(those in `solutions/` stop earlier where the fault shows anyway), and measured by the exercise's own checks.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
import time
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["MPLBACKEND"] = "agg"

import numpy as np
import torch

from grader import datasets

torch.set_num_threads(1)
ROOT = Path(__file__).parent.parent
EXERCISE = "generate_fruits"
SECRETS = ("calibration 0", "calibration 1")
STEPS = re.compile(r"^steps, batch = \d+", re.MULTILINE)
# of the Student distribution, one-sided 99.9 %, by degrees of freedom: SciPy is not needed for these alone
STUDENT = {1: 318.3, 2: 22.33, 3: 10.21, 4: 7.17, 5: 5.89, 7: 4.79, 9: 4.30, 11: 4.02, 15: 3.73, 19: 3.58, 23: 3.48}
METRICS = ("removed", "caption ratio", "time", "shape", "colour", "clean", "copies", "spread", "again")


def exercise() -> Any:
    """The exercise's module: its checks are what measures."""
    spec = spec_from_file_location(EXERCISE, ROOT / "exercises" / "generation" / f"{EXERCISE}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules[EXERCISE] = module  # its dataclass looks itself up
    spec.loader.exec_module(module)
    return module


def solved(source: str, seed: int) -> tuple[dict[str, Any], float]:
    """The names that a solution defines, and the CPU seconds it took."""
    torch.manual_seed(seed)
    start = time.process_time()
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<solution>", "exec"), names)  # noqa: S102  our own files
    return names, time.process_time() - start


def measured(ex: Any, names: dict[str, Any]) -> list[float]:
    """The metrics, for the course whose fruits are the hardest: what it removes least."""

    def denoiser(x: Any, t: Any, caption: Any) -> Any:
        return np.asarray(names["denoiser"](x, t, caption))

    samples = np.asarray(names["samples"])
    rows = []
    for secret in SECRETS:
        with datasets.use(secret):
            right, wrong = ex.errors(denoiser)
            rows.append((1 - right, wrong / right, ex.change_with_time(denoiser)))
    removed, ratio, then = np.array(rows).min(axis=0).tolist()
    drawn = ex.judged(samples)
    with datasets.use(SECRETS[0]):
        again = ex.judged(ex.sampled(denoiser, ex.AGAIN), ex.AGAIN).clean
    return [removed, ratio, then, drawn.shape, drawn.colour, drawn.clean, ex.copies(samples), ex.spread(samples), again]


def bounds(values: list[float]) -> tuple[float, float]:
    """Where one more seed falls with 99.9 % probability on either side: mean ∓ t·s·√(1 + 1/k)."""
    k = len(values)
    if k < 2:
        return values[0], values[0]
    t = STUDENT[max(d for d in STUDENT if d < k)]
    margin = t * float(np.std(values, ddof=1)) * math.sqrt(1 + 1 / k)
    return float(np.mean(values)) - margin, float(np.mean(values)) + margin


def solutions(only: str) -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "solutions" / EXERCISE).glob("*.py")):
        if only in file.stem:
            yield file.stem, file.read_text("utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=16, help="of the references")
    parser.add_argument("--wrong-seeds", type=int, default=4)
    parser.add_argument("--only", default="", help="part of a solution's name")
    parser.add_argument("--json", type=Path, help="where every figure goes")
    asked = parser.parse_args()
    ex = exercise()
    raw: dict[str, list[list[float]]] = {}
    print("| solution | seeds | CPU s | " + " | ".join(METRICS) + " |")
    print("|---" * (3 + len(METRICS)) + "|", flush=True)
    for name, source in solutions(asked.only):
        steps = STEPS.search(next(text for stem, text in solutions("reference") if stem == "reference"))
        assert steps
        whole = STEPS.sub(steps[0], source)
        seeds = asked.seeds if name.startswith("reference") else asked.wrong_seeds
        rows, seconds = [], []
        for seed in range(seeds):
            names, spent = solved(whole, seed)
            seconds.append(spent)
            rows.append(measured(ex, names))
        raw[name] = rows
        cells = []
        for values in zip(*rows, strict=True):
            low, high = bounds(list(values))
            cells.append(f"{np.mean(values):.3f} [{low:.3f}, {high:.3f}]")
        print(f"| {name} | {seeds} | {np.mean(seconds):.1f} | " + " | ".join(cells) + " |", flush=True)
        if asked.json:
            asked.json.write_text(json.dumps(raw, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
