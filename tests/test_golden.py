"""What students receive is what was committed, in every variant: a change is seen, then accepted.

``python tests/test_golden.py`` accepts what is there now.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader import content, handout, variants
from grader.model import Exercise, Lang

HERE = Path(__file__).resolve()
GOLDEN = HERE.parent / "golden" / "hashes.json"
PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
LANGS: tuple[Lang, Lang] = ("fr", "en")


def pixels(picture: re.Match[str]) -> str:
    """Another zlib packs the same picture in other bytes."""
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture[1]))))
    return f"picture {seen.shape} {hashlib.sha256(seen.tobytes()).hexdigest()}"


def digest(exercise: Exercise) -> str:
    points = {f"{exercise.id}-{q.name}": q.points for q in exercise.questions}
    hashed = hashlib.sha256()
    for variant in variants.every(exercise):
        for lang in LANGS:
            for cell in handout.cells(exercise.id, variant, lang, points):
                facts = [cell.kind, cell.id, PICTURE.sub(pixels, cell.source), cell.question, str(cell.points)]
                hashed.update(json.dumps(facts).encode())
    return hashed.hexdigest()[:16]


def every() -> dict[str, str]:
    return {id: digest(content.load(path)) for id, path in sorted(content.paths().items())}


def accepted() -> dict[str, str]:
    said: dict[str, str] = json.loads(GOLDEN.read_text("utf-8"))
    return said


def test_every_exercise_is_known() -> None:
    assert sorted(content.paths()) == sorted(accepted()), f"accept it: python tests/{HERE.name}"


@pytest.mark.parametrize("id", sorted(content.paths()))
def test_students_receive_what_was_accepted(id: str) -> None:
    assert digest(content.find(id)) == accepted().get(id), f"look at it, then accept it: python tests/{HERE.name}"


def test_every_process_makes_the_same_bytes() -> None:
    """Sets, dictionaries and hashes of another process are in another order."""
    seen = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE.parent.parent)}
        ran = subprocess.run(
            [sys.executable, HERE, "--print"], env=environment, capture_output=True, text=True, timeout=120, check=True
        )
        seen.append(ran.stdout)
    assert json.loads(seen[0]) == json.loads(seen[1])


def test_a_picture_counts_as_its_pixels_and_a_word_as_itself(shelf: Path) -> None:
    def packed(level: int, grey: int) -> str:
        file = io.BytesIO()
        Image.fromarray(np.full((4, 4), grey, dtype=np.uint8)).save(file, "png", compress_level=level)
        return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()

    loose, tight, other = packed(0, 9), packed(9, 9), packed(9, 8)
    assert loose != tight and PICTURE.sub(pixels, loose) == PICTURE.sub(pixels, tight)
    assert PICTURE.sub(pixels, other) != PICTURE.sub(pixels, tight)
    before = digest(content.find("tiny"))
    shelf.edit("tiny.fr.md", "Combien ?", "Combien  ?")  # type: ignore[attr-defined]
    assert digest(content.find("tiny")) != before


if __name__ == "__main__":
    text = json.dumps(every(), indent=1) + "\n"
    if "--print" in sys.argv:
        sys.stdout.write(text)
    else:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, "utf-8")
