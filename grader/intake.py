"""A submission taken in: allowed or refused, on the disk, in the database, and only then a receipt.

What is received is bytes until the walls: nothing of it is read here but its first character, its size and its hash.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from grader import course as courses
from grader import known, lock, receipt, weights
from grader.course import deadlines
from grader.course.secret import HIDDEN
from grader.model import Asserted, Assignment, Course, Question, Task, Text
from grader.store import Connection, Store, Trouble, audit, jobs, receipts, released
from grader.store.receipts import LIVE, Receipt

LONG = 60.0  # seconds that an assignment's code may take: from there it is a training
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)

NOBODY = Text(
    "Vous n'êtes pas sur la liste de ce cours. Écrivez à l'équipe enseignante.",
    "You are not on this course's list. Write to your instructor.",
)
NOT_RELEASED = Text(
    "Ce devoir n'a pas encore été distribué, ou pas à vous.",
    "This assignment has not been handed out yet, or not to you.",
)
NOT_BEGUN = Text("Ce devoir n'a pas encore commencé.", "This assignment has not begun yet.")
OVER = Text(
    "La date limite est passée : ce devoir n'est plus accepté.", "The deadline has passed: this assignment is closed."
)
ENDED = Text(
    "La correction est publiée et vous avez déjà rendu un essai : aucun autre n'est accepté.",
    "The feedback is out and you have already handed in an attempt: no other is accepted.",
)
NONE_LEFT = Text("Vous avez utilisé tous vos essais.", "You have used all your attempts.")
NO_NOTEBOOK = Text(
    "Ce fichier n'est pas un notebook : déposez le fichier .ipynb que vous avez téléchargé et rempli.",
    "This file is not a notebook: hand in the .ipynb file that you downloaded and filled in.",
)
NO_WEIGHTS = Text(
    "Ce devoir ne demande pas de fichier de poids : déposez seulement le notebook.",
    "This assignment asks for no weights file: hand in the notebook alone.",
)
NOT_WEIGHTS = Text(
    "Un fichier de poids se termine par .npz ou .safetensors.", "A weights file ends in .npz or .safetensors."
)
CANNOT_WRITE = Text(
    "Le serveur ne peut rien enregistrer pour l'instant : rien n'a été reçu.",
    "The server cannot store anything just now: nothing was received.",
)


class Refused(Exception):
    """Not taken in, and nothing was kept of it. ``why`` is what the student reads; ``status`` is HTTP's."""

    def __init__(self, why: Text, status: int, wait: float = 0.0) -> None:
        super().__init__(why.en)
        self.why, self.status, self.wait = why, status, wait  # seconds until it is worth trying again; 0: never


@dataclass(frozen=True, slots=True)
class Allowed:
    """What this copy may still do. ``why`` says why not, where it may not."""

    open: bool
    left: int | None = None  # attempts; None: as many as they like
    next_at: float | None = None  # when the pause is over
    due: float | None = None  # their own deadline
    late: bool = False
    why: Text | None = None
    status: int = 200
    begins: float | None = None  # until then it can be neither downloaded nor handed in; None once it has begun


def allowed(course: Course, c: Connection, student: str, assignment: str, now: float) -> Allowed:
    """What a submission now would meet. Raises CourseError for an assignment that there is not."""
    asked = courses.assignment(course, assignment)
    if not any(one.id == student and not one.withdrawn for one in course.students):
        return Allowed(False, why=NOBODY, status=403)
    locked = released_to(course, assignment, student)
    if locked is None:
        return Allowed(False, why=NOT_RELEASED, status=404)
    due = deadline(course, asked, locked, student)
    late = due is not None and now > due
    came = receipts.of_copy(c, assignment, copy(locked, student))
    used, spent = [one for one in came if _counts(one)], begun(asked, came)
    most, pause = asked.handing.attempts, asked.handing.cool_down
    left = max(most - len(used), 0) if most else None
    # whoever can read their correction hands in nothing after it; who has none to read may still hand in, once
    out = shown(course, c, assignment, now)
    ended = out and any(_counts(one) or one.graded is not None for one in came)
    if out:
        left = 0 if ended else min(left or 1, 1)
    over = ended or bool(most and len(spent) >= most)
    # a clock that went back never makes the pause longer than it is
    next_at = min(max(one.received for one in spent) + pause, now + pause) if spent and pause and not over else now
    begins = _begins(asked, due)
    waits = begins if begins is not None and now < begins else None
    why, status = None, 200
    if waits is not None:
        why, status = NOT_BEGUN, 403
    elif late and not asked.handing.late:
        why, status = OVER, 403
    elif over:
        why, status = ENDED if ended else NONE_LEFT, 403
    elif next_at > now:
        why, status = _wait(next_at - now), 429
    return Allowed(why is None, left, next_at if next_at > now else None, due, late, why, status, waits)


def _begins(asked: Assignment, due: float | None) -> float | None:
    """Whoever must be done before the others begin does not wait for them."""
    start = datetime.fromisoformat(asked.start).timestamp() if asked.start else None
    return start if start is not None and (due is None or start < due) else None


def _counts(one: Receipt) -> bool:
    """As an attempt that was used: also where only its file was let go of."""
    return one.state in LIVE or (one.state == "purged" and one.graded is not None)


def begun(asked: Assignment, came: Iterable[Receipt]) -> list[Receipt]:
    """What no newer attempt takes the place of: each was graded, or will be."""
    return [one for one in came if _counts(one) and not (_replaceable(asked) and one.state == "queued")]


def _replaceable(asked: Assignment) -> bool:
    """Where the best counts, one that waits may be it: it is graded, and the newer one behind it."""
    return asked.handing.counts == "last"


def shown(course: Course, c: Connection, assignment: str, now: float) -> bool:
    """Whether feedback is released, by hand or by the last deadline: from then on solutions are no secret."""
    if released.when(c, assignment) is not None:
        return True
    asked = courses.assignment(course, assignment)
    last = _last_deadline(course, asked) if asked.handing.release == "deadline" else None
    return last is not None and now > last


def _last_deadline(course: Course, asked: Assignment) -> float | None:
    """Of whoever has the most time."""
    common, copies = deadlines.due(asked), known.locked(course, asked.id).said["students"]
    mine = [one for one in course.students if one.id in copies]
    return (common + deadlines.extension(asked, mine)).timestamp() if common and mine else None


def released_to(course: Course, assignment: str, student: str) -> lock.Lock | None:
    """The lock, where this student has a copy in it."""
    if not lock.path(course, assignment).is_file():
        return None
    locked = known.locked(course, assignment)
    return locked if student in locked.said["students"] else None


def copy(locked: lock.Lock, student: str) -> str:
    """Whose name the attempts go by: a group's are counted together."""
    return min(locked.group(student), default=student)


def deadline(course: Course, asked: Assignment, locked: lock.Lock, student: str) -> float | None:
    """Theirs, with what the roster gives them or their group; seconds since 1970."""
    return deadlines.of(course, asked, locked.group(student) or (student,))


@dataclass(frozen=True, slots=True)
class Beside:
    """A weights file that came with a notebook. Of its name, only how it ends counts."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()


def take(
    course: Course,
    db: Store,
    student: str,
    assignment: str,
    data: bytes,
    way: str,
    now: float,
    beside: Beside | None = None,
) -> Receipt:
    """The receipt, once the bytes are on the disk and the row is in the database. Raises Refused, CourseError.

    The same bytes again, from the same copy, are the same attempt: the receipt is the one there is.
    """
    size = len(data) + (len(beside.data) if beside else 0)
    if size > course.service.largest_mib * 2**20:
        raise Refused(_too_large(course.service.largest_mib), 413)
    if data.lstrip()[:1] != b"{":
        raise Refused(NO_NOTEBOOK, 422)
    id = secrets.token_hex(10)
    what = Bytes(id, _sha(data), size, _weights(course, student, assignment, beside))
    with _stored(), db.read() as c:
        if same := _checked(course, c, student, assignment, what, now):
            return same
    files: list[Path] = []
    with _stored():
        try:
            if beside:
                files.append(_keep(course, assignment, student, f"{id}{beside.suffix}", beside.data))
            files.append(_keep(course, assignment, student, f"{id}.ipynb", data))
            with db.write() as c:
                given = _checked(course, c, student, assignment, what, now)  # once more, now that nobody else writes
                if given is None:
                    given = _enter(course, c, student, assignment, what, way, now)
        except BaseException:
            _drop(files)
            raise
    if given.id != id:
        _drop(files)
    return given


@dataclass(frozen=True, slots=True)
class Bytes:
    id: str
    sha256: str
    size: int
    weights: str | None  # as Receipt has it


def takes_weights(locked: lock.Lock) -> int:
    """Bytes of the largest weights file that may come beside a notebook; 0 where none is asked for."""
    return weights.most(_questions(locked)) if locked.training == "weights" else 0


def _weights(course: Course, student: str, assignment: str, beside: Beside | None) -> str | None:
    """SHA-256 of what came beside a notebook. Raises Refused."""
    courses.assignment(course, assignment)
    locked = released_to(course, assignment, student)
    most = takes_weights(locked) if locked else 0
    if beside is None:
        return "" if most else None
    if not most:
        raise Refused(NO_WEIGHTS, 422)
    if beside.suffix not in weights.SUFFIXES:
        raise Refused(NOT_WEIGHTS, 422)
    if len(beside.data) > most:
        raise Refused(_too_heavy(most), 413)
    return _sha(beside.data)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _drop(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _checked(course: Course, c: Connection, student: str, assignment: str, what: Bytes, now: float) -> Receipt | None:
    """The receipt that these bytes have already; else None, where they may come in. Raises Refused."""
    here = allowed(course, c, student, assignment, now)
    locked = released_to(course, assignment, student)
    if locked is not None and (before := receipts.of_copy(c, assignment, copy(locked, student))):
        last = before[-1]
        if (last.sha256, last.weights) == (what.sha256, what.weights) and last.state in (*LIVE, "aside"):
            return last
    if not here.open:
        raise Refused(here.why or NOBODY, here.status, (here.next_at or now) - now)
    return None


def _enter(course: Course, c: Connection, student: str, assignment: str, what: Bytes, way: str, now: float) -> Receipt:
    asked, locked = courses.assignment(course, assignment), known.locked(course, assignment)
    whose = copy(locked, student)
    own = deadline(course, asked, locked, student)
    late = own is not None and now > own
    attempt = len(receipts.of_copy(c, assignment, whose)) + 1
    facts = (what.id, assignment, student, whose, attempt, now, what.sha256, what.size, late, way, "queued")
    unsigned = Receipt(*facts, signature="", weights=what.weights)
    given = replace(unsigned, signature=receipt.sign(course, unsigned))
    if _replaceable(asked):
        jobs.withdraw(c, assignment, whose, "replaced")
    receipts.add(c, given)
    queue(course, c, given, now)
    audit.note(c, now, student, "student", "submit", f"{assignment}/{whose}", id=what.id, sha256=what.sha256, way=way)
    return given


def queue(course: Course, c: Connection, given: Receipt, now: float, *, again: bool = False) -> None:
    """Whatever is due sooner comes before it, and only a place that can run it takes it."""
    asked, locked = courses.assignment(course, given.assignment), known.locked(course, given.assignment)
    due, gpu, long = deadlines.due(asked), "gpu" in locked.needs, seconds(locked) > LONG
    when = due.timestamp() if due else None
    jobs.enqueue(c, given.id, given.assignment, given.copy, now, due=when, gpu=gpu, long=long, again=again)


def seconds(locked: lock.Lock) -> float:
    """What the code of one copy may take at most; answers take none."""
    return sum(q.limits.seconds for q in _questions(locked) if isinstance(q, Task | Asserted))


def _questions(locked: lock.Lock) -> Iterator[Question]:
    return (q for item in locked.example("fr").items for q in item.variant.exercise.questions)


def bytes_of(course: Course, given: Receipt) -> Path:
    """The file, as it was received."""
    return _folder(course, given.assignment, given.student) / f"{given.id}.ipynb"


def weights_of(course: Course, given: Receipt, suffix: str) -> Path:
    """Where the weights that came with it are, if they end so."""
    return bytes_of(course, given).with_suffix(suffix)


def attempts(course: Course) -> Path:
    return course.root / HIDDEN / "handed_in"


def _folder(course: Course, assignment: str, student: str) -> Path:
    return attempts(course) / assignment / student


def _keep(course: Course, assignment: str, student: str, name: str, data: bytes) -> Path:
    """On the disk when this returns, under a name that nobody chose."""
    folder = _folder(course, assignment, student)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / name
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        entry = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return file


@contextmanager
def _stored() -> Iterator[None]:
    """A disk that is full or read-only, a database out of reach: said as it is, and nothing half-done is left."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL or isinstance(error, PermissionError):
            raise Refused(CANNOT_WRITE, 507, 60.0) from error
        raise
    except Trouble as error:
        raise Refused(CANNOT_WRITE, 503, 60.0) from error


def _too_large(most: int) -> Text:
    return Text(
        f"Ce fichier dépasse {most} Mio. Effacez les sorties du notebook (Édition, Effacer toutes les sorties), puis"
        " recommencez.",
        f"This file is over {most} MiB. Clear the notebook's outputs (Edit, Clear All Outputs), then try again.",
    )


def _too_heavy(most: int) -> Text:
    return Text(
        f"Ce fichier de poids pèse plus que les tableaux demandés ({most // 1024} Kio au plus) : n'y mettez qu'eux.",
        f"This weights file is larger than the arrays asked for ({most // 1024} KiB at most): put only these in it.",
    )


def _wait(seconds: float) -> Text:
    minutes = -(-seconds // 60)
    if seconds < 60:
        return Text(
            f"Encore {seconds:.0f} s avant le prochain essai.", f"{seconds:.0f} s more before the next attempt."
        )
    return Text(
        f"Encore {minutes:.0f} min avant le prochain essai.", f"{minutes:.0f} min more before the next attempt."
    )
