"""Imports go down, each library has one door, light paths stay light, and a module fits on a few screens."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"

LAYERS = [
    {"model", "errors", "status", "whole"},
    {"author", "rules", "readers", "scripts", "setup_cell", "formula", "statement", "render", "figures", "tex"},
    {"content", "loading", "source", "values", "variants", "course", "datasets", "networks", "pools", "handwritten"},
    {"handout", "images", "notebook", "weights", "blind", "quiz"},
    {"judge", "curves", "reads", "tested", "watch", "run", "places", "queue", "sandbox", "worker"},
    {
        "amend",
        "anonymity",
        "attempts",
        "served",
        "appeal",
        "bridge",
        "decided",
        "draws",
        "feedback",
        "grading",
        "handed",
        "intake",
        "known",
        "keeping",
        "integrity",
        "lock",
        "marks",
        "receipt",
        "regrade",
        "release",
        "report",
        "results",
        "store",
        "verdicts",
    },
    {
        "building",
        "catalogue",
        "cli",
        "demo",
        "doctor",
        "dispatch",
        "exchange",
        "exhibit",
        "portal",
        "scaffold",
        "proof",
        "rehearsal",
        "steps",
        "verify",
        "__main__",
    },
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# Who may import a library. What is not named here has no door.
DOORS = {
    "jinja2": {"render"},
    "nbformat": {"notebook"},
    "nbgrader": {"bridge", "exchange"},
    "sqlalchemy": {"bridge", "store"},
    "typer": {"cli"},
    "torch": {"verify", "worker"},  # `verify` for the oracles alone, and late: see the light paths below
    "keras": {"verify", "worker"},
    "IPython": {"worker"},
    "pyseccomp": {"sandbox", "worker"},
    "PIL": {"datasets"},
    "openpyxl": {"quiz"},
    "genanki": {"quiz"},
    "typst": {"quiz"},
    "distributed": {"dispatch"},
    "fastapi": {"portal"},
    "starlette": {"portal"},
    "pydantic": {"portal"},
    "itsdangerous": {"portal"},
    "uvicorn": {"portal"},
    "copydetect": {"integrity"},
    "pylti1p3": {"portal"},
    "cryptography": {"portal"},
    "requests": {"portal"},
    "tomlkit": {"course"},
    "scipy": {"report"},
}
HEAVY = {"torch", "keras", "nbgrader", "nbconvert", "matplotlib", "scipy"}
LONGEST = 400  # lines
VOCABULARY = 540  # of model.py: whoever comes new reads it whole, and in one place

MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "_wheel.py" and "_content" not in p.parts)


def room(path: Path) -> str:
    """The name a module goes by in LAYERS: grader/bridge/ledger.py is part of `bridge`."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path, text: str | None = None) -> Iterator[str]:
    """Every module that `path` names in an import, dotted in full, wherever in the file the import stands."""
    package = ("grader", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8") if text is None else text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *((node.module,) if node.module else ())))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def climbing(path: Path, text: str | None = None) -> list[str]:
    """What `path` imports from a layer above its own."""
    rooms = {name.split(".")[1] for name in imports(path, text) if name.startswith("grader.")}
    return sorted(name for name in rooms if name in LEVEL and LEVEL[name] > LEVEL[room(path)])


def through_the_wall(path: Path, text: str | None = None) -> list[str]:
    """What `path` imports of a library whose door is another module."""
    names = {name.split(".")[0] for name in imports(path, text)}
    return sorted(name for name in names if room(path) not in DOORS.get(name, {room(path)}))


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=path.relative_to(PACKAGE).as_posix()) for path in paths]


@pytest.mark.parametrize("path", named([p for p in MODULES if room(p) != "__init__"]))
class TestEachModule:
    def test_has_a_floor(self, path: Path) -> None:
        assert room(path) in LEVEL, f"say in LAYERS on which floor {room(path)} lives"

    def test_imports_go_down(self, path: Path) -> None:
        assert climbing(path) == [], f"{path.name} imports what is above it: the function is on the wrong floor"

    def test_one_door_per_library(self, path: Path) -> None:
        assert through_the_wall(path) == [], f"{path.name} imports a library whose door is another module"

    def test_fits_on_a_few_screens(self, path: Path) -> None:
        longest = VOCABULARY if path.name == "model.py" else LONGEST
        assert len(path.read_text(encoding="utf-8").splitlines()) <= longest, "is there a second room in it?"

    def test_opens_with_one_sentence(self, path: Path) -> None:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path.name} does not say what it does"


def test_the_package_itself_imports_nothing_of_its_rooms() -> None:
    assert [name for name in imports(PACKAGE / "__init__.py") if name.startswith("grader.")] == []


@pytest.mark.parametrize("path", named([p for p in MODULES if room(p) == "worker"]))
def test_the_worker_imports_nothing_of_the_rest(path: Path) -> None:
    """It is copied alone into the sandbox, where the rest does not exist."""
    assert [n for n in imports(path) if n.split(".")[0] == "grader" and not n.startswith("grader.worker")] == []


def test_an_import_that_climbs_is_seen_however_it_is_written() -> None:
    for line in (
        "from grader import judge",
        "import grader.judge",
        "from grader.judge import x",
        "from . import judge",
        "from .judge import x",
    ):
        assert climbing(PACKAGE / "model.py", f"def late():\n    {line}\n") == ["judge"], line
    assert climbing(
        PACKAGE / "sandbox" / "walls.py", "from ..bridge import x\nfrom . import frames\nfrom .. import model"
    ) == ["bridge"]
    assert climbing(PACKAGE / "judge.py", "from grader import model, run") == []


def test_a_library_used_past_its_door_is_seen() -> None:
    assert through_the_wall(
        PACKAGE / "cli" / "courses.py", "import nbgrader.api\nfrom torch import nn\nimport typer"
    ) == [
        "nbgrader",
        "torch",
    ]
    assert through_the_wall(PACKAGE / "bridge" / "ledger.py", "from nbgrader.api import Gradebook") == []


# What may load the heavy libraries: the doors of nbgrader, what runs inside the sandbox.
LIGHT = sorted({room(p) for p in MODULES} - {"__init__", "__main__", "bridge", "exchange", "worker"})


@pytest.mark.parametrize("name", LIGHT)
def test_light_paths_stay_light(name: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import grader.{name}, sys; print(*sorted({HEAVY!r} & set(sys.modules)))"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == [], f"import grader.{name} loads what takes seconds"


# ── every tracked file ───────────────────────────────────────────────────────

# Someone's home, wherever it is; and the folder this checkout happens to be in.
HOME = re.compile(r"(?<![\w.~-])/(?:home|Users)/(?!student\b)[a-z_][\w.-]*|(?<![\w.~-])/root/(?:\.pyenv|[a-z])")
HERE = re.compile(rf"(?<![\w.~-]){re.escape(str(ROOT))}(?![\w.-])")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout: nothing is tracked")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def places(text: str) -> list[str]:
    """The absolute paths in `text` that exist on one machine only."""
    found = HOME.findall(text)
    if len(ROOT.parts) > 2:  # `/src` alone could be anyone's
        found += HERE.findall(text)
    return found


def test_no_tracked_file_knows_whose_machine_it_was_written_on() -> None:
    guilty = {}
    for path in tracked():
        if "hostile" in path.parts or path == Path(__file__).resolve():
            continue  # attacks look for homes
        try:
            found = places(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
        if found:
            guilty[path.relative_to(ROOT).as_posix()] = found
    assert guilty == {}


def test_a_home_is_recognised() -> None:
    assert places("open('/home/ada/td1.ipynb')")
    assert places("/Users/ada/x")
    assert places(f"cd {ROOT}")
    assert not places("HOME=/home/student, https://example.org/home/ada, /rooted/x")
