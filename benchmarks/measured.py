"""What is measured once per seed, kept on disk run by run, and the bounds that follow."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from scipy import stats

from grader import content

KEPT = Path(__file__).parent / "out" / "thresholds"


def runs(table: str, name: str, seeds: int, measure: Callable[[int], dict[str, Any]]) -> list[dict[str, Any]]:
    """One dictionary per seed. A run that is there already is not made again: delete its line to measure it anew."""
    kept = KEPT / f"{table}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    known = {run["seed"]: run for run in lines(kept) if run["name"] == name}
    for seed in range(seeds):
        if seed not in known:
            known[seed] = {"name": name, "seed": seed, **measure(seed)}
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(known[seed]) + "\n")
    return [known[seed] for seed in range(seeds)]


def lines(file: Path) -> Iterator[dict[str, Any]]:
    if file.is_file():
        yield from map(json.loads, file.read_text("utf-8").splitlines())


def constants(exercise: str) -> dict[str, Any]:
    """What the exercise's file defines: its thresholds, its checks."""
    spec = spec_from_file_location(exercise, content.paths()[exercise])
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules[exercise] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return vars(module)


def bounds(values: NDArray[Any]) -> tuple[float, float]:
    """Between which a new run falls, with 99.9 % on either side; (seeds, secrets) in, at the worst secret."""
    k = len(values)
    if k == 1:  # nothing random but the secret
        return float(values.min()), float(values.max())
    reach = stats.t.ppf(0.999, k - 1) * values.std(0, ddof=1) * math.sqrt(1 + 1 / k)
    mean = values.mean(0)
    return float((mean - reach).min()), float((mean + reach).max())
