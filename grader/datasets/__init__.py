"""The images students train on, and those they are graded on, which never reach them."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from grader.datasets import cache, download, fashion, fruits, gtsrb, mnist, signs_few
from grader.datasets.download import Archive, Progress
from grader.datasets.kind import Dataset, Options
from grader.datasets.split import Images, Labelled, Labels, Split
from grader.errors import PartielError, UsageError, near_miss
from grader.model import Text

__all__ = [
    "Facts",
    "facts",
    "fetch",
    "hidden",
    "hidden_images",
    "hidden_part",
    "measured",
    "public",
    "setting",
    "sources",
    "use",
]

KNOWN: Mapping[str, Dataset] = {
    "mnist": mnist,
    "fashion-mnist": fashion,
    "gtsrb": gtsrb,
    "fruits": fruits,
    "signs_few": signs_few,
}
YOURS = "yours"  # the source of what a user had already
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
    options: Options
    altered: Text | None  # how the hidden images differ from the source's own
    digest: str  # of the classes in their order and of what else is known of each image: not of pixels, see _digest

    @property
    def setting(self) -> str:
        """As course.toml says it, every option written out."""
        return " ".join([self.source, *(f"{option}={value:g}" for option, value in self.options.items())])

    @property
    def counted(self) -> str:
        """How many to train on, to validate and to grade on, and how large: what a statement may say."""
        size = " × ".join(map(str, self.shape))
        return f"{self.train:,} + {self.validation:,} + {self.hidden:,} images of {size}"

    @property
    def sentence(self) -> Text:
        """For an instructor: what is there."""
        size = " × ".join(map(str, self.shape))
        fr = [f"{n:,}".replace(",", THIN) for n in (self.train, self.validation, self.hidden)]
        en = [f"{n:,}" for n in (self.train, self.validation, self.hidden)]
        altered = self.altered or Text("", "")
        return Text(
            fr=f"{fr[0]} images de {size} pixels ({self.classes} classes) pour l'entraînement et {fr[1]} pour la "
            f"validation. La correction se fait sur {fr[2]} autres, que les étudiants ne voient jamais"
            f"{altered.fr and ' : '}{altered.fr}. Source : {self.origin.fr}.",
            en=f"{en[0]} images of {size} pixels ({self.classes} classes) to train on and {en[1]} for validation. "
            f"Grading is done on {en[2]} others, which students never see"
            f"{altered.en and ': '}{altered.en}. Source: {self.origin.en}.",
        )

    @property
    def chosen_by(self) -> Text:
        """For an instructor: what makes a course use it."""
        if self.setting == measured(self.name):
            return Text(
                fr="C'est ce qu'emploie un cours dont le course.toml ne dit rien d'autre.",
                en="It is what a course uses whose course.toml says nothing else.",
            )
        line = f'{self.name} = "{self.source}"'
        return Text(
            fr=f"Pour l'employer, écrivez dans course.toml, sous [data] : {line}",
            en=f"To use it, write in course.toml, under [data]: {line}",
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


def enter(secret: str, sources: Mapping[str, str]) -> None:
    """The same, to the end of the context that we are in: of a command, say."""
    _course.set(_Course(secret, sources))


def sources() -> tuple[tuple[str, str], ...]:
    """What the course inside ``use`` chose, by dataset: what ``facts`` depend on."""
    course = _course.get()
    return tuple(sorted(course.sources.items())) if course else ()


def hidden(name: str) -> tuple[Images, Labels]:
    """For a check: the images (n, height, width[, 3]) in 0–255 and classes (n,) that the course grades on."""
    part = hidden_part(name)
    return part.x, part.y


def hidden_part(name: str) -> Labelled:
    """For a check: the same, with what else is known of each image."""
    course = _course.get()
    if course is None:
        raise PartielError(
            f"hidden images of {name}", "no course says how they are transformed",
            "Run the check through 'partiel grade' or 'partiel verify', or inside 'with datasets.use(secret): …'.",
        )  # fmt: skip
    return _hidden(_place(name, course.sources.get(name)), course.secret)


def hidden_images(name: str, source: str | None, secret: str) -> tuple[Images, Labels]:
    """The hidden images as the course with this secret sees them: the same for all its students."""
    part = _hidden(_place(name, source), secret)
    return part.x, part.y


def public(name: str, source: str | None = None) -> Path:
    """The folder that a sandbox mounts read-only: ``public.npz`` with x_train, y_train, x_val, y_val (uint8)."""
    place = _place(name, source)
    if not (place.shelf.public / "public.npz").is_file():
        _facts.cache_clear()
    _facts(place)
    return place.shelf.public


def facts(name: str, source: str | None = None) -> Facts:
    """Counts and provenance, read from the data; inside ``use``, of the course's source."""
    course = _course.get()
    return _facts(_place(name, source or (course.sources.get(name) if course else None)))


def setting(name: str, source: str | None = None) -> str:
    """A source as course.toml says it, with every option written out. Raises UsageError; reads no image."""
    place = _place(name, source)
    return " ".join([place.source, *(f"{option}={value:g}" for option, value in place.options)])


def measured(name: str) -> str:
    """The one setting that thresholds are measured with (docs/thresholds.md): the one that nobody has to ask for."""
    return setting(name)


def fetch(
    name: str,
    source: str | None = None,
    *,
    archives: Sequence[Archive] | None = None,
    file: Path | None = None,
    progress: Progress = download.nothing,
) -> Facts:
    """Brings a set into the cache, from its publisher or from ``file``, and says what is there.

    ``file`` may be the published file, or whatever of that dataset the user has: then its source is "yours".
    ``progress`` is told how many bytes are here, and of how many, for one archive after the other. Goes on
    where an earlier call was cut short. Raises PartielError.
    """
    published = _known(name).ARCHIVES
    if source is None and not published:
        raise UsageError(name, "needs no fetching", "It is made on this machine when it is asked for.")
    fetched = source or next(iter(published))
    place = _place(name, fetched)
    if place.source not in published:
        remedy = f"There are: {', '.join(published)}."
        raise UsageError(f"{name}: {place.source}", "needs no fetching", near_miss(place.source, published, remedy))
    if archives:
        published = {place.source: archives}
    if file is None:
        place.archives.prepare()
        for archive in published[place.source]:
            download.bring(archive, place.archives.hidden / archive.file, progress)
    elif as_published := _as_published(file, published):
        place = _place(name, as_published)
        place.archives.prepare()
        for archive in published[place.source]:
            given = file / archive.file if file.is_dir() else file
            download.adopt(archive, given, place.archives.hidden / archive.file)
    else:
        place = _place(name, YOURS)
        place.archives.prepare()
        place.dataset.adopt(file, place.archives.hidden)
        cache.forget(place.shelf)
    _facts.cache_clear()
    _hidden.cache_clear()
    return _facts(place)


def _as_published(given: Path, published: Mapping[str, Sequence[Archive]]) -> str:
    """The source whose very files these are: a folder of them, or the one file where one is published."""
    for source, archives in published.items():
        if given.is_dir() or len(archives) == 1:
            files = [given / archive.file if given.is_dir() else given for archive in archives]
            if all(_is(archive, file) for file, archive in zip(files, archives, strict=True)):
                return source
    return ""


def _is(archive: Archive, file: Path) -> bool:
    with contextlib.suppress(OSError):  # whoever reads it next says what is wrong with it
        return file.is_file() and not archive.found(file)
    return False


@dataclass(frozen=True, slots=True)
class _Place:
    """One source of one dataset, with its options, on this machine."""

    name: str
    source: str
    options: tuple[tuple[str, float], ...]
    shelf: cache.Shelf
    archives: cache.Shelf  # the same whatever the options

    @property
    def dataset(self) -> Dataset:
        return KNOWN[self.name]


def _known(name: str) -> Dataset:
    if name not in KNOWN:
        raise UsageError(name, "is not a dataset", near_miss(name, KNOWN, f"There are: {', '.join(KNOWN)}."))
    return KNOWN[name]


def _place(name: str, asked: str | None) -> _Place:
    """Reads ``"synthetic scale=0.2"``: a source, and options of the dataset."""
    dataset = _known(name)
    source, *settings = (asked or "").split() or [next(iter(dataset.SOURCES))]
    if source not in dataset.SOURCES:
        remedy = near_miss(source, dataset.SOURCES, f"There are: {', '.join(dataset.SOURCES)}.")
        raise UsageError(f"{name}: {source}", "is not a source", remedy)
    options = dict(dataset.OPTIONS)
    for setting in settings:
        option, _, value = setting.partition("=")
        if option not in options:
            remedy = near_miss(option, options, f"There are: {', '.join(options) or 'none'}.")
            raise UsageError(f"{name}: {setting}", "is not an option", remedy)
        try:
            options[option] = float(value)
        except ValueError:
            raise UsageError(f"{name}: {setting}", "is not a number", f"Write {option}={options[option]:g}.") from None
    said = [f"{option}={value:g}" for option, value in options.items() if value != dataset.OPTIONS[option]]
    shelf = cache.shelf(name, " ".join([source, *said]))
    return _Place(name, source, tuple(options.items()), shelf, cache.shelf(name, source))


def _split(place: _Place) -> Split:
    dataset = place.dataset
    return cache.stored(
        place.shelf,
        dataset.REVISION,
        lambda: dataset.load(place.source, place.archives.hidden, dict(place.options)),
    )


@lru_cache(maxsize=8)
def _facts(place: _Place) -> Facts:
    split = _split(place)
    dataset = place.dataset
    return Facts(
        place.name,
        place.source,
        train=len(split.train),
        validation=len(split.validation),
        hidden=len(split.hidden),
        shape=split.train.x.shape[1:],
        classes=len(np.unique(split.train.y)),
        origin=dataset.SOURCES[place.source],
        options=dict(place.options),
        altered=dataset.HIDDEN.words if dataset.HIDDEN else None,
        digest=_digest(split, dataset.REVISION),
    )


def _digest(split: Split, revision: int) -> str:
    """Tells other files of the same name apart, on every machine alike.

    Pixels are left out: drawn or resized, their last bits are the business of a library and of a processor. Where they
    are not, as in MNIST, the order of the classes comes from them.
    """
    sha = hashlib.sha256(f"{revision} {split.train.x.shape[1:]}".encode())
    for part in (split.train, split.validation, split.hidden):
        sha.update(Labelled(part.x[:0], part.y, part.also).digest().encode())
    return sha.hexdigest()[:16]


@lru_cache(maxsize=8)
def _hidden(place: _Place, secret: str) -> Labelled:
    part, change = _split(place).hidden, place.dataset.HIDDEN
    if change:
        if not secret:
            raise PartielError(
                f"hidden images of {place.name}", "the course has no secret", "Add a line 'secret = …' to course.toml."
            )
        part = change.apply(part, secret, f"{place.name} hidden {place.dataset.REVISION}")
    for array in (part.x, part.y, *part.also.values()):
        array.setflags(write=False)  # every student is graded on the same images
    return part
