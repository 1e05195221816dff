"""The same tests on every machine: one thread, no display, no network for Keras, examples drawn from a fixed seed."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from grader import content, course, lock
from grader.lock import Lock
from grader.model import Course, Exercise
from grader.sandbox import standing

os.environ.update(
    OMP_NUM_THREADS="1",  # two contended torch threads cost ten times the processor
    KERAS_BACKEND="torch",
    MPLBACKEND="Agg",
    JUPYTER_PLATFORM_DIRS="1",
)

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

EXERCISE = """\
from grader.author import answer, grid, task, value

params = grid(n=[10, 14, 17, 23, 30], k=[3, 5], s=[2, 3])
UNIT = 1


@value
def padded(n):
    return n + 2


@answer(points=2)
def size(padded, k, s):
    return (padded - k) // s + 1


@size.misconception
def padding_forgotten(n, k, s):
    return (n - k) // s + 1


@size.misconception
def stride_forgotten(padded, k, s):
    return padded - k + 1


@size.misconception
def start_forgotten(padded, k, s):
    return (padded - k) // s - 1


@size.misconception
def kernel_forgotten(padded, k, s):
    return padded // s + 3


@task(points="1/3")
def grow(x):
    raise NotImplementedError


@grow.check
def adds_one(grow, n):
    assert grow(n) == n + UNIT


@grow.hidden_check
def takes_any_number(grow):
    assert grow(-5) == -4
"""

WORDS = """\
# {title}

{{{{ n }}}} pixels, {{{{ padded }}}} with padding; a kernel of {{{{ k }}}}, a stride of {{{{ s }}}}.

## size

{size}

### padding_forgotten

Padding: {{{{ padded }}}}.

### stride_forgotten

Stride: {{{{ s }}}}.

### start_forgotten

The start.

### kernel_forgotten

Kernel: {{{{ k }}}}.

## grow

{grow}

### adds_one

One more.

### takes_any_number

Any number.

## solution

$\\\\left\\\\lfloor ({{{{ padded }}}} - {{{{ k }}}}) / {{{{ s }}}} \\\\right\\\\rfloor + 1 = {{{{ size }}}}$
""".replace("\\\\", "\\")

SOLUTIONS = {
    "oracle.py": "def size(padded, k, s):\n    return len(range(0, padded - k + 1, s))\n",
    "reference.py": "def grow(x):\n    return x + 1\n",
    "wrong_positive_only.py": "# fails: takes_any_number\ndef grow(x):\n    return abs(x) + 1\n",
}


@dataclass
class Shelf:
    """A content folder of its own, with one small exercise in it that a test may spoil."""

    root: Path

    def __getitem__(self, name: str) -> Path:
        folder = self.root / ("solutions/tiny" if name in SOLUTIONS or name.startswith("wrong_") else "exercises/small")
        return folder / name

    def edit(self, name: str, old: str, new: str) -> None:
        before = self[name].read_text("utf-8")
        assert old in before
        self.write(name, before.replace(old, new))

    def write(self, name: str, text: str) -> None:
        self[name].write_text(text, "utf-8")
        self.forget()

    def remove(self, name: str) -> None:
        self[name].unlink()
        self.forget()

    def forget(self) -> None:
        content.load.cache_clear()
        content._path.cache_clear()

    def load(self) -> Exercise:
        return content.find("tiny")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made = Shelf(tmp_path / "content")
    (made.root / "exercises" / "small").mkdir(parents=True)
    (made.root / "solutions" / "tiny").mkdir(parents=True)
    shutil.copytree(TEMPLATES, made.root / "templates")
    monkeypatch.setenv("PARTIEL_CONTENT", str(made.root))
    made.write("tiny.py", EXERCISE)
    made.write("tiny.fr.md", WORDS.format(title="Taille", size="Combien ?", grow="Écrivez `grow`."))
    made.write("tiny.en.md", WORDS.format(title="Size", size="How many?", grow="Write `grow`."))
    for name, text in SOLUTIONS.items():
        made.write(name, text)
    return made


@dataclass
class Desk:
    """A course folder whose course.toml and students.csv a test writes."""

    root: Path

    def toml(self, text: str) -> None:
        (self.root / "course.toml").write_text(text, "utf-8")

    def assignment(self, *exercises: str, more: str = "", id: str = "td1") -> None:
        listed = ", ".join(f'"{id}"' for id in exercises)
        self.toml(f'[course]\nid = "dl"\ntitle = "Deep"\n\n[assignments.{id}]\nexercises = [{listed}]\n{more}\n')

    def roster(self, text: str | bytes) -> None:
        (self.root / "students.csv").write_bytes(text if isinstance(text, bytes) else text.encode())

    def load(self) -> Course:
        return course.load(self.root)

    def lock(self, id: str = "td1") -> Lock:
        here = self.load()
        return lock.write(here, course.assignment(here, id))


@pytest.fixture
def desk(tmp_path: Path, shelf: Shelf) -> Desk:
    made = Desk(tmp_path / "course")
    course.init(made.root, "dl", "Deep", "fr")
    (made.root / ".partiel" / "secret").write_text("0123456789abcdef" * 4)
    made.assignment("tiny")
    made.roster("id,name,email,lang\nada,Ada Lovelace,,\nemmy,Emmy Noether,,en\n")
    return made


@pytest.fixture(scope="session")
def walls() -> None:
    """Whoever asks for them tries what they stop: skipped where they do not stand, and in CI they have to."""
    state = standing()
    if not state:
        assert not os.environ.get("CI"), f"the walls do not stand: {state.why}\n{state.remedy}"
        pytest.skip(f"the walls do not stand here: {state.why} ({state.remedy})")


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the course ``dl``. nbgrader takes seconds to make one: made once."""
    from nbgrader.api import Gradebook

    file = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:  # it calls alembic by name
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        Gradebook(f"sqlite:///{file}", "dl").close()
    return file


@pytest.fixture(scope="session")
def catalogue() -> list[Exercise]:
    """Every exercise, by id."""
    return [content.find(id) for id in sorted(content.paths())]
