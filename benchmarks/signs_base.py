"""Trains the small network that ships as ``grader/datasets/signs_base.safetensors``: the base of transfer learning.

    OMP_NUM_THREADS=1 python benchmarks/signs_base.py      (about a minute on one core)

It learns 35 of the 43 drawn signs, and never sees the 8 of ``signs_few``. Weights are kept in half precision.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from grader.datasets import scenes, signs_few

ROOT = Path(__file__).resolve().parent.parent
EACH, EPOCHS, BATCH, RATE = 400, 20, 64, 4e-3
torch.set_num_threads(1)


def block(before: int, after: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after, eps=1e-3), nn.ReLU(), nn.MaxPool2d(2)]


def photographs(tracks: range) -> tuple[torch.Tensor, torch.Tensor]:
    """One frame of each track of each of the 35 classes, as (n, 3, 24, 24) in [0, 1]."""
    classes = [label for label in range(len(scenes.COUNTS)) if label not in signs_few.KEPT]
    taken = [scenes.Photograph(label, signs_few.BASE + t, t % scenes.FRAMES) for label in classes for t in tracks]
    size = (signs_few.SIZE, signs_few.SIZE)
    x = np.stack([np.asarray(p.image(size).convert("RGB")) for p in taken])
    y = np.repeat(np.arange(len(classes)), len(tracks))
    return torch.tensor(x).permute(0, 3, 1, 2) / 255, torch.tensor(y)


def accuracy(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    model.eval()
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())


def main() -> int:
    torch.manual_seed(0)
    x, y = photographs(range(EACH))
    base = nn.Sequential(*block(3, 16), *block(16, 32), *block(32, 48), nn.Flatten())
    model = nn.Sequential(base, nn.Dropout(0.3), nn.Linear(432, int(y.max()) + 1))
    optimizer = torch.optim.Adam(model.parameters())
    steps = -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, epochs=EPOCHS, steps_per_epoch=steps)
    start = time.process_time()
    for _ in range(EPOCHS):
        model.train()
        for chosen in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
            optimizer.step()
            schedule.step()
    seen = accuracy(model, *photographs(range(EACH, EACH + 20)))
    arrays = exported(base)
    facts = {
        "what": "The base of a small convolutional network, for transfer learning.",
        "data": f"{len(x)} synthetic photographs of 35 of 43 drawn signs, {signs_few.SIZE} x {signs_few.SIZE}",
        "made_by": "benchmarks/signs_base.py",
        "accuracy": f"{seen:.3f} on photographs of the same 35 signs that it had not seen",
        "licence": "that of Partiel",
    }
    file = ROOT / "grader" / "datasets" / "signs_base.safetensors"
    write(file, arrays, facts)
    print(f"{file.name}: {file.stat().st_size} bytes; {facts['accuracy']}; {time.process_time() - start:.0f} s of CPU")
    return 0


def exported(base: nn.Sequential) -> dict[str, np.ndarray[Any, Any]]:
    """In Keras' layout and names, in half precision."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for number, layer in enumerate((layer for layer in base if isinstance(layer, nn.Conv2d)), 1):
        norm = base[list(base).index(layer) + 1]
        arrays[f"conv{number}_kernel"] = layer.weight.detach().numpy().transpose(2, 3, 1, 0)
        arrays[f"conv{number}_bias"] = layer.bias.detach().numpy()
        arrays[f"norm{number}_gamma"] = norm.weight.detach().numpy()
        arrays[f"norm{number}_beta"] = norm.bias.detach().numpy()
        arrays[f"norm{number}_mean"] = norm.running_mean.numpy()
        arrays[f"norm{number}_variance"] = norm.running_var.numpy()
    return {name: np.ascontiguousarray(array, dtype="<f2") for name, array in arrays.items()}


def write(file: Path, arrays: dict[str, np.ndarray[Any, Any]], facts: dict[str, str]) -> None:
    """The safetensors format: the length of a JSON header, the header, then the arrays in one piece."""
    header: dict[str, Any] = {"__metadata__": facts}
    start = 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F16", "shape": list(array.shape), "data_offsets": [start, start + array.nbytes]}
        start += array.nbytes
    said = json.dumps(header, separators=(",", ":")).encode()
    said += b" " * (-len(said) % 8)
    file.write_bytes(len(said).to_bytes(8, "little") + said + b"".join(a.tobytes() for a in arrays.values()))


if __name__ == "__main__":
    sys.exit(main())
