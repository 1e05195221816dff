"""Trained weights handed in beside a notebook: declared arrays, read as hostile, as float32. Nothing is unpickled."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader import notebook
from grader.errors import CourseError
from grader.model import Assignment, Course, Exercise, Sheet, Submission, Task, Text
from grader.notebook import UnreadableSubmission

FILES = ("weights.npz", "weights.safetensors")
SUFFIXES = tuple(Path(name).suffix for name in FILES)
Array = NDArray[np.float32]
Shapes = Mapping[str, tuple[int, ...]]

READ = {"<f4": "F32", "<f8": "F64"}  # as npz and safetensors name them: float64 is what NumPy makes of most things
WIDEST = 8  # bytes of a number in a file
MOST_HEADER = 1024  # bytes before each array of an npz file
MOST_AROUND = 2**17  # bytes of a file that are no weights
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others take memory by themselves


def are_of_one_question(course: Course, assignment: Assignment, exercises: Iterable[Exercise]) -> None:
    """One weights file lies beside a notebook. Raises CourseError where no question takes it, or several do."""
    asked = [q for e in exercises for q in e.questions if isinstance(q, Task) and q.weights]
    if assignment.training == "weights" and len(asked) != 1:
        problem = f"[assignments.{assignment.id}] has weights handed in, and {len(asked)} of its questions take them"
        raise CourseError(course.root / "course.toml", problem, "Ask one such question, 'train_lenet' for instance.")


def identity(notebook: str, weights: str) -> str:
    """What keys the verdicts of a notebook and the weights beside it, from the SHA-256 of each; "": there are none."""
    return hashlib.sha256(f"{notebook} {weights}".encode()).hexdigest()


def most(questions: Iterable[object]) -> int:
    """Bytes of the largest weights file that is read, where one of these questions takes weights; else 0."""
    taken = (q.weights for q in questions if isinstance(q, Task) and q.weights)
    return max((_most(shapes) for shapes in taken), default=0)


def beside(file: Path, sheet: Sheet, submission: Submission, places: Iterable[Path] | None = None) -> Submission:
    """The submission with the weights that lie beside its notebook, or in one of ``places``. Another weights file is
    another submission.

    Raises nothing: a file that cannot be read is a sentence for its author.
    """
    found: dict[str, tuple[Any, ...] | Text] = {}
    came = ""
    where = [file.parent / name for name in FILES] if places is None else list(places)
    for item in sheet.items:
        for question in item.variant.exercise.questions:
            if isinstance(question, Task) and question.weights:
                there = [path for path in where if _is_there(path)]
                key = f"{item.key}-{question.name}"
                try:
                    if there:
                        data = _bytes(there, question.weights)
                        came += hashlib.sha256(data).hexdigest()
                        found[key] = read(data, question.weights)
                except UnreadableSubmission as error:
                    found[key] = error.why
                    came = came or error.why.en
    return replace(submission, weights=found, sha256=identity(submission.sha256, came))


def read(data: bytes, shapes: Shapes) -> tuple[Array, ...]:
    """The arrays in the order of ``shapes``, from the bytes of an npz or safetensors file.

    Raises UnreadableSubmission, and nothing else whatever the bytes. Never takes more memory than a few times what
    ``shapes`` declare.
    """
    try:
        arrays = _npz(data, shapes) if data[:2] == b"PK" else _safetensors(data, shapes)
    except UnreadableSubmission:
        raise
    except Exception as error:
        why = type(error).__name__
        raise _refused(
            f"Ce fichier de poids est abîmé, ou n'est ni npz ni safetensors ({why}).",
            f"This weights file is damaged, or neither npz nor safetensors ({why}).",
        ) from error
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise _refused(
                f"Le tableau « {name} » contient des NaN ou des infinis.",
                f"The array '{name}' holds NaN or infinities.",
            )
    return tuple(arrays[name] for name in shapes)


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _bytes(there: list[Path], shapes: Shapes) -> bytes:
    if len(there) > 1:
        both = " et ".join(FILES), " and ".join(FILES)
        raise _refused(f"Il y a {both[0]} : n'en rendez qu'un.", f"There are {both[1]}: hand in only one.")
    most = _most(shapes)
    too_large = Text(
        f"Ce fichier de poids pèse plus que les tableaux demandés ({most // 1024} Kio au plus) : n'y mettez qu'eux,"
        " en float32.",
        f"This weights file is larger than the arrays asked for ({most // 1024} KiB at most): put only these in it, in"
        " float32.",
    )
    return notebook.bytes_of(there[0], most, too_large)


def _npz(data: bytes, shapes: Shapes) -> dict[str, Array]:
    arrays = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        _names_are([member.filename.removesuffix(".npy") for member in members], shapes)
        for member in members:
            name = member.filename.removesuffix(".npy")
            most = MOST_HEADER + _size(shapes[name], WIDEST)
            if member.file_size > most or member.compress_type not in PACKED:
                raise _not_as_declared(name, shapes)
            with archive.open(member) as packed:
                arrays[name] = _npy(packed.read(most + 1), name, shapes)
    return arrays


def _npy(data: bytes, name: str, shapes: Shapes) -> Array:
    """One array of an npz file. Its header is a Python literal; what follows is taken as numbers, and nothing else."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    reader = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, fortran, dtype = reader(stream, max_header_size=MOST_HEADER)
    body = data[stream.tell() :]
    if shape != shapes[name] or dtype.str not in READ or len(body) != _size(shape, dtype.itemsize):
        raise _not_as_declared(name, shapes, f"{dtype} {shape}")
    return _single(np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C"))


def _safetensors(data: bytes, shapes: Shapes) -> dict[str, Array]:
    start = 8 + int.from_bytes(data[:8], "little")
    if not 8 < start <= min(len(data), MOST_AROUND):
        raise ValueError("no header")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    _names_are(header, shapes)
    arrays = {}
    for name, said in header.items():
        first, last = (start + int(offset) for offset in said["data_offsets"])
        kind = next((np.dtype(kind) for kind, named in READ.items() if named == said["dtype"]), None)
        whole = kind and start <= first and last <= len(data) and last - first == _size(shapes[name], kind.itemsize)
        if not whole or tuple(said["shape"]) != shapes[name]:
            raise _not_as_declared(name, shapes, f"{said['dtype']} {tuple(said['shape'])}")
        arrays[name] = _single(np.frombuffer(data[first:last], kind).reshape(shapes[name]))
    return arrays


def _single(numbers: NDArray[Any]) -> Array:
    with np.errstate(over="ignore"):  # beyond float32 it becomes infinite, and is refused as such
        return np.ascontiguousarray(numbers, np.float32)


def _names_are(found: Iterable[str], shapes: Shapes) -> None:
    names = list(found)
    if sorted(names) == sorted(shapes):
        return
    absent = ", ".join(name for name in shapes if name not in names)
    if absent:
        raise _refused(f"Il manque à ce fichier de poids : {absent}.", f"This weights file lacks: {absent}.")
    raise _refused(
        f"Ce fichier de poids contient {len(names)} tableaux au lieu de {len(shapes)}.",
        f"This weights file holds {len(names)} arrays instead of {len(shapes)}.",
    )


def _not_as_declared(name: str, shapes: Shapes, found: str = "") -> UnreadableSubmission:
    shown = " : " + found[:80] if found.isprintable() and found else ""
    right = f"float32 {shapes[name]}"
    return _refused(
        f"Le tableau « {name} » n'est pas celui demandé, {right}{shown}.",
        f"The array '{name}' is not the one asked for, {right}{shown.replace(' :', ':')}.",
    )


def _refused(fr: str, en: str) -> UnreadableSubmission:
    return UnreadableSubmission(Text(fr, en))


def _most(shapes: Shapes) -> int:
    return MOST_AROUND + sum(MOST_HEADER + _size(shape, WIDEST) for shape in shapes.values())


def _size(shape: tuple[int, ...], each: int) -> int:
    return each * math.prod(shape)
