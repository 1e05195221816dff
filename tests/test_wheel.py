"""The wheel: what is in it, and that it runs outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ("exercises", "solutions", "templates")

pytestmark = pytest.mark.slow


def ran(*command: str | Path, cwd: Path, seconds: float, env: Mapping[str, str] | None = None) -> str:
    """Run it and return what it printed; fails with that when its exit code is not 0."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd, env=env, timeout=seconds, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder, seconds=120)
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """An environment in which only the wheel, and what it depends on, can be imported."""

    bin: Path
    env: Mapping[str, str]
    empty: Path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh environment that borrows the packages of this one.

    A folder named in a .pth file is put on the path, but its own .pth files are not read: so the
    editable install of this environment, which is one, stays out of reach.
    """
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False, symlinks=True)
    own = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(home), "platbase": str(home)}))
    borrowed = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (own / "borrowed.pth").write_text("".join(f"{folder}\n" for folder in borrowed), encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "COV"))}
    env["PATH"] = os.pathsep.join((str(home / "bin"), sysconfig.get_path("scripts"), env.get("PATH", os.defpath)))
    empty = tmp_path_factory.mktemp("empty")
    pip = (home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed")
    ran(*pip, wheel, cwd=empty, env=env, seconds=120)
    return Installed(home / "bin", env, empty)


def test_the_wheel_holds_the_program_and_the_content_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {name for name in names if name.startswith("grader/_content/")}
    expected = {
        f"grader/_content/{path.relative_to(ROOT).as_posix()}"
        for folder in CONTENT
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == expected
    assert {name.split("/")[2] for name in inside} == set(CONTENT), "a folder of content is missing or empty"
    assert {"grader/model.py", "grader/cli/__init__.py", "grader/worker/wire.py"} <= names
    assert "grader/_wheel.py" not in names
    assert {name.split("/")[0] for name in names} == {"grader", "partiel-0.1.0.dist-info"}


def test_the_wheel_is_imported_and_not_the_checkout(installed: Installed) -> None:
    where = ran(installed.bin / "python", "-c", "import grader; print(grader.__file__)",
                cwd=installed.empty, env=installed.env, seconds=30)  # fmt: skip
    assert Path(where.strip()).is_relative_to(installed.bin.parent)


def test_the_content_holds_outside_the_checkout(installed: Installed) -> None:
    ran(installed.bin / "partiel", "verify", cwd=installed.empty, env=installed.env, seconds=900)
    assert list(installed.empty.iterdir()) == [], "verify wrote into the folder it was run from"


def test_the_main_job_runs_outside_the_checkout(installed: Installed, tmp_path: Path) -> None:
    shown = ran(installed.bin / "partiel", "demo", "--students", "2", tmp_path / "course",
                cwd=installed.empty, env=installed.env, seconds=600)  # fmt: skip
    assert (tmp_path / "course" / "gradebook.db").is_file(), shown
