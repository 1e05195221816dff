"""The words of the house.

Plain frozen values, no I/O, standard library only. Every other module speaks in
these words; this one imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol

Lang = Literal["fr", "en"]
Device = Literal["cpu", "gpu"]
Value = Any  # a parameter, an answer: whatever Python value the exercise deals in
Params = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Text:
    """Something a student reads. Forgetting a language is a type error."""

    fr: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.fr if lang == "fr" else self.en


# ── what an author writes ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reading:
    """A written answer as a value, and that value as shown to the person who wrote it."""

    value: Value
    shown: str


class Unreadable(ValueError):
    """Not a value of the kind asked for. ``why`` is the sentence the student reads."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class Rule(Protocol):
    """How what was written becomes a value, and how far that value is the right one.

    ``options`` are the names a student chooses among, or the name of the value
    that lists them; ``shown`` is the order in which this variant prints them.
    """

    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> tuple[str, ...] | str: ...
    def placeholder(self, shown: tuple[str, ...]) -> str:
        """What stands to the right of ``=`` in the cell handed out: never an answer."""
        ...

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        """The function of ``grader.readers`` that reads it, and its arguments after the value."""
        ...

    def read(self, written: Value, shown: tuple[str, ...], lang: Lang) -> Reading:
        """Raises Unreadable."""
        ...

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        """What a student's cell holds to say ``value``."""
        ...

    def score(self, given: Value, right: Value) -> Fraction:
        """From 0 to 1; 1 is right, anything between is partial credit."""
        ...


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong idea, as the function that computes where it leads."""

    name: str
    compute: Callable[..., Value]
    feedback: Text


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question's code may use. Beyond it the verdict is ``exhausted``."""

    seconds: float = 10.0  # wall clock, checks included
    memory_mib: int = 2048
    output_kib: int = 256  # per cell; head and tail are kept
    processes: int = 64
    file_mib: int = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """A question answered by a value."""

    name: str
    prompt: Text
    points: Fraction
    compute: Callable[..., Value]
    rule: Rule
    labels: Mapping[str, Text]  # the words of each option or row, by name
    misconceptions: tuple[Misconception, ...]
    follow_through: Callable[..., Value] | None = None  # the right rows, given the student's own rows before


@dataclass(frozen=True, slots=True)
class Measure:
    """What a check measured; credit grows from none at ``gate`` to all at ``full``."""

    value: float
    gate: float
    full: float

    @property
    def credit(self) -> Fraction:
        if not self.value >= self.gate:  # NaN is never enough
            return Fraction(0)
        if self.value >= self.full:
            return Fraction(1)
        share = (self.value - self.gate) / (self.full - self.gate)
        return Fraction(1, 2) + Fraction(round(share * 50), 100)  # the gate itself earns half


@dataclass(frozen=True, slots=True)
class Check:
    """One assertion about a student's code, and what to say when it does not hold."""

    name: str
    run: Callable[..., Measure | None]
    source: str  # with the imports and helpers it needs: what a student can read and run
    hidden: bool
    weight: int
    feedback: Text
    measures: Text | None = None  # what it measures, in a few words


@dataclass(frozen=True, slots=True)
class Knob:
    """A value that students run small and the grader may run large: ``epochs``, ``scale``."""

    name: str
    shown: int | float  # in the notebook handed out
    graded: int | float


@dataclass(frozen=True, slots=True)
class Task:
    """A question answered by code."""

    name: str
    prompt: Text
    points: Fraction
    starter: str
    asks: tuple[str, ...]  # the names the cell must define
    checks: tuple[Check, ...]
    limits: Limits
    device: Device
    knobs: tuple[Knob, ...] = ()
    weights: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # float32 arrays that may be handed in: shapes


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of a rubric: what earns how many points, in the words a marker reads."""

    name: str
    points: Fraction
    words: Text


@dataclass(frozen=True, slots=True)
class Essay:
    """A question that a human marks, against a rubric: free text, or code and whatever it shows."""

    name: str
    prompt: Text
    points: Fraction
    rubric: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Asserted:
    """A question of a hand-written notebook: its test runs after the student's cells, in their own process."""

    name: str
    prompt: Text
    points: Fraction
    test: str  # with its hidden parts
    limits: Limits


Question = Answer | Task | Essay | Asserted


@dataclass(frozen=True, slots=True)
class Exercise:
    """A family: one statement, a finite list of parameters, a few questions about them."""

    id: str
    shelf: str
    path: Path
    title: Text
    statement: Text
    params: tuple[Params, ...]
    dropped: int  # members of the grid in which a wrong idea gives the right answer
    values: Mapping[str, Callable[..., Value]]  # derived values, in the order they were written
    questions: tuple[Question, ...]
    solution: Text
    minutes: int
    difficulty: int  # 1 to 5
    tags: tuple[str, ...]
    needs: tuple[str, ...]  # what the sandbox imports beforehand ("torch", "keras") and which data it shows ("mnist")
    statement_revision: str  # of what a student sees
    judging_revision: str  # of answers, checks and feedback
    load: Callable[..., float] | None = None  # operations done by hand with these numbers, where it is declared
    cells: tuple[Cell, ...] = ()  # of a hand-written notebook, as students get them: it is handed out as it is


@dataclass(frozen=True, slots=True)
class Variant:
    """One member of the family: ``conv_output_size#13``."""

    exercise: Exercise
    params: Params

    def __str__(self) -> str:
        members = self.exercise.params
        number = members.index(self.params) if self.params in members else "?"
        return f"{self.exercise.id}#{number}"


# ── what an instructor writes ────────────────────────────────────────────────


Absence = Literal["ABI", "ABJ"]  # unjustified, justified
Training = Literal["run", "weights"]  # the grader runs it, or students hand in the weights that theirs gave


@dataclass(frozen=True, slots=True)
class Student:
    """A line of the roster. ``deadlines`` and ``absences`` are by assignment; under ``""``, for all the others."""

    id: str
    name: str
    email: str = ""
    lang: Lang | None = None
    group: str = ""  # who hands in one copy together
    room: str = ""  # who sits together: the roster's order is theirs
    extra_time: Fraction = Fraction(0)  # a third more: 1/3
    deadlines: Mapping[str, str] = field(default_factory=dict)  # ISO 8601: a day, or a day and an hour
    absences: Mapping[str, Absence] = field(default_factory=dict)
    withdrawn: bool = False
    number: str = ""  # the registrar's, where it is not the id

    def deadline(self, assignment: str) -> str:
        """Their own, or nothing."""
        return self.deadlines.get(assignment, self.deadlines.get("", ""))

    def absence(self, assignment: str) -> Absence | None:
        return self.absences.get(assignment, self.absences.get(""))


@dataclass(frozen=True, slots=True)
class Pools:
    """Which share of an exercise's variants each pool holds. No pool at all: every assignment draws from all."""

    shares: Mapping[str, Fraction] = field(default_factory=dict)  # pool: share; they add up to 1
    own: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)  # exercise: its own shares
    shared: frozenset[str] = frozenset()  # exercises whose variants are in every pool


@dataclass(frozen=True, slots=True)
class Handing:
    """What the server allows and shows, for one assignment."""

    attempts: int = 0  # 0: as many as they like
    cool_down: float = 0.0  # seconds between two
    counts: Literal["last", "best"] = "last"
    late: bool = True  # after the deadline it is taken, and costs what nbgrader's plugin was told to; else refused
    feedback: Literal["none", "coarse", "full"] = "coarse"  # until the deadline; coarse: read, ran or not run
    release: Literal["hand", "deadline"] = "hand"  # when feedback is shown whole


@dataclass(frozen=True, slots=True)
class Assignment:
    """Exercises handed out together. An exercise may come twice; its key then has a suffix."""

    id: str
    title: str
    exercises: tuple[str, ...]
    points: Mapping[str, Fraction] = field(default_factory=dict)  # "exercise" or "exercise.question": points
    show_solution: bool = False
    pool: str = ""  # where its variants are drawn from; without pools, from all
    resit_of: str = ""  # then each student gets variants they have never had
    groups: bool = True  # who is in a group hands in one copy; else everyone their own
    anonymous: bool = False  # names are hidden until they are lifted
    shared: bool = False  # one release, the same numbers for all: for nbgrader's own exchange
    start: str = ""  # ISO 8601 with its offset: with ``due``, the time there is, which extra time lengthens
    due: str = ""  # ISO 8601 with its offset; nothing: nobody is late, unless nbgrader's gradebook says when
    training: Training = "run"
    handing: Handing = field(default_factory=Handing)


class Level(StrEnum):
    """How strong the walls were, the weakest first."""

    NONE = "none"  # trusted submissions only
    OUTER = "outer"  # one sandbox per submission: no network, no file of the host
    INNER = "inner"  # and walls between submissions that share a warm parent

    def reaches(self, wanted: Level) -> bool:
        order = list(Level)
        return order.index(self) >= order.index(wanted)


@dataclass(frozen=True, slots=True)
class Terms:
    """How submissions are graded: behind which walls, on what, how many at a time. ``[grading]`` of course.toml."""

    walls: Level = Level.OUTER  # the weakest that will do
    device: Device | Literal["auto"] = "auto"  # auto: on a card where a question asks for one and one is there
    gpus: tuple[int, ...] = ()  # their numbers in nvidia-smi; none named: all of them
    per_gpu: int = 1  # submissions at a time on a card; each gets its share of the memory
    workers: int = 0  # submissions at a time; 0: one for each core, or each place on a card
    image: str = ""  # of a container that takes bubblewrap's place
    trust: bool = False  # no walls: honest submissions only
    force: bool = False  # judge again what was judged

    @property
    def level(self) -> Level:
        return Level.NONE if self.trust else self.walls


Role = Literal["student", "assistant", "instructor"]


@dataclass(frozen=True, slots=True)
class Service:
    """How the course is served. ``[server]`` of course.toml."""

    url: str = "http://127.0.0.1:8000"  # as students reach it
    database: str = ""  # SQLAlchemy's address of it; nothing: SQLite beside the course's secret
    largest_mib: int = 8  # of an upload
    keep: Mapping[str, int] = field(default_factory=dict)  # days; what is not named is kept
    jupyterhub: Mapping[str, str] = field(default_factory=dict)
    lti: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by issuer


@dataclass(frozen=True, slots=True)
class Course:
    """Assignments, and the secret that gives each student variants of their own."""

    id: str
    title: str
    lang: Lang
    root: Path
    secret: str
    assignments: Mapping[str, Assignment]
    students: tuple[Student, ...]
    data: Mapping[str, str] = field(default_factory=dict)  # dataset: source
    grading: Terms = field(default_factory=Terms)
    content: tuple[Path, ...] = ()  # folders of exercises of its own
    pools: Pools = field(default_factory=Pools)
    service: Service = field(default_factory=Service)
    staff: Mapping[str, Role] = field(default_factory=dict)
    integrity: bool = True  # whether copies are compared, for instructors


# ── what travels ─────────────────────────────────────────────────────────────

CellKind = Literal["words", "setup", "solution", "check", "essay", "task", "given", "free"]
GRADED = ("check", "essay", "task")  # the cells that earn points
WRITTEN = ("solution", "essay", "free")  # the cells whose source is the student's


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as handed out: what a ``check`` looks at is a ``solution``; an ``essay`` is answered and marked at once.

    In hand-written notebooks too: a ``task`` is worth points, and answered in cells of the student's own; ``given``
    code runs as it was handed out; ``free`` code belongs to no question.
    """

    kind: CellKind
    id: str
    source: str
    question: str = ""
    points: Fraction = Fraction(0)
    text: bool = False  # Markdown, where the kind does not say so

    @property
    def is_code(self) -> bool:
        return not self.text and self.kind not in ("words", "task")


@dataclass(frozen=True, slots=True)
class Item:
    """An exercise in an assignment, with the numbers of one student and the cells they were handed."""

    key: str
    variant: Variant
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One student's copy of an assignment, as locked at release."""

    assignment: str
    student: str
    lang: Lang
    head: tuple[Cell, ...]
    items: tuple[Item, ...]
    revision: str  # a hash of all that was handed out
    group: tuple[str, ...] = ()  # who shares this copy, the student among them; nobody where it is theirs alone
    earlier: tuple[str, ...] = ()  # revisions of this copy before it was amended: what they were judged on stands

    @property
    def revisions(self) -> tuple[str, ...]:
        return self.revision, *self.earlier


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student wrote, by solution cell. Nothing else they return is believed."""

    student: str
    assignment: str
    written: Mapping[str, str]
    sha256: str
    remarks: tuple[Text, ...] = ()  # what was odd about the file
    added: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)  # by the hand-written cell they follow
    weights: Mapping[str, tuple[Any, ...] | Text] | None = None  # by ``item-question``: arrays, or why there are none


# ── what is concluded ────────────────────────────────────────────────────────


class Status(StrEnum):
    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    MISSING = "missing"  # nothing was written
    UNREADABLE = "unreadable"  # not a value of the right kind; costs no verdict of wrongness
    CRASHED = "crashed"  # the student's code raised
    EXHAUSTED = "exhausted"  # out of time, memory, output, processes or files
    WAITING = "waiting"  # for the human who marks it: so it was meant
    WITHDRAWN = "withdrawn"  # by the instructor, after it was handed out: what was answered does not count
    BROKEN = "broken"  # our fault: costs the student nothing, and calls a human


@dataclass(frozen=True, slots=True)
class Measured:
    """What a check measured in one run of a training."""

    check: str
    words: Text  # what it is; may be empty
    measure: Measure
    run: int = 1
    counts: bool = True  # of two runs, the one that earns the points


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a training, as the student's process told it: untrusted. Each point is the mean of ``every`` values."""

    name: str
    points: tuple[float | None, ...]
    every: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we concluded about one question, and what we saw that made us conclude it."""

    item: str
    question: str
    status: Status
    earned: Fraction
    points: Fraction
    feedback: Text
    misconceptions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()  # as observed, one line each; untrusted text
    judging: str = ""  # the judging revision that was used
    measures: tuple[Measured, ...] = ()
    curves: tuple[Curve, ...] = ()  # of the run that counts
    checked: bool = False  # the cell had run, and its checks were begun

    @property
    def key(self) -> str:
        return f"{self.item}-{self.question}"


@dataclass(frozen=True, slots=True)
class Record:
    """One run of one submission: its verdicts, and all that keys them."""

    student: str
    assignment: str
    submission: str  # sha256 of the file as received
    sheet: str  # revision of what was handed out
    device: Device
    level: Level
    verdicts: tuple[Verdict, ...]
    outputs: Mapping[str, tuple[Mapping[str, Any], ...]] = field(
        default_factory=dict
    )  # nbformat outputs by solution cell
    remarks: tuple[Text, ...] = ()
