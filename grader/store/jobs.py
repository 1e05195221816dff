"""What waits to be graded, in which order, and who has it. A job is leased: whoever goes silent loses it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, func, insert, or_, select, update

from grader.store.tables import jobs as t
from grader.store.tables import submissions

HOUR = 3600.0
NEVER = 4e9  # a deadline for what has none: it comes last
SEEN = 2  # tries of a job that fails in front of us
VANISHED = 3  # of one whose worker went silent: mostly the machine's doing
FEW = 5  # of one copy in an hour: whoever hands in more waits behind everybody's first ones, whatever is due sooner
STOPPED = ("aside", "cancelled")
MANY = case((t.c.turn < FEW, 0), else_=t.c.turn)
ORDER = (t.c.rank, MANY, t.c.due, t.c.turn, t.c.created, t.c.id)


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    submission: str
    assignment: str
    student: str
    state: str
    rank: int
    due: float
    turn: int
    created: float
    gpu: bool
    long: bool
    tries: int
    worker: str | None
    lease: str | None
    until: float | None
    started: float | None
    finished: float | None
    at: int
    of: int
    why: str

    @property
    def again(self) -> bool:
        """What was graded is judged once more, to be compared: nothing counts by it."""
        return bool(self.rank)


def enqueue(
    c: Connection,
    submission: str,
    assignment: str,
    student: str,
    now: float,
    *,
    due: float | None = None,
    gpu: bool = False,
    long: bool = False,
    again: bool = False,
) -> int:
    """Students take turns: the second of one in the same hour waits behind the first of everybody."""
    turn = select(func.count()).where(t.c.student == student, t.c.created > now - HOUR, t.c.rank == 0)
    done = c.execute(
        insert(t)
        .values(
            submission=submission,
            assignment=assignment,
            student=student,
            state="queued",
            rank=int(again),
            due=NEVER if due is None else due,
            turn=turn.scalar_subquery(),
            created=now,
            gpu=gpu,
            long=long,
            tries=0,
            at=0,
            of=0,
            why="",
        )
        .returning(t.c.id)
    )
    return int(done.scalar_one())


def take(
    c: Connection, worker: str, now: float, lease: float, *, gpu: bool | None = False, long: bool = True
) -> Job | None:
    """The first that this place may run, leased for so many seconds. ``gpu`` None: where there are no cards at all."""
    wanted = [t.c.state == "queued"]
    if gpu is not None:
        wanted.append(t.c.gpu.is_(gpu))
    if not long:
        wanted.append(t.c.long.is_(False))
    row = c.execute(select(t).where(and_(*wanted)).order_by(*ORDER).limit(1)).first()
    if row is None:
        return None
    token = secrets.token_hex(16)
    facts = {"state": "leased", "worker": worker, "lease": token, "until": now + lease, "started": now, "at": 0}
    c.execute(update(t).where(t.c.id == row.id).values(**facts))
    _tell(c, row.submission, row.rank, "running")
    return get(c, row.id)


def waiting(c: Connection) -> bool:
    """Whether anything is queued."""
    return c.execute(select(t.c.id).where(t.c.state == "queued").limit(1)).first() is not None


def claim(c: Connection, job: Job, worker: str, now: float, lease: float) -> bool:
    """Another worker takes over what ``job.worker`` has leased for it; once: a second one gets no."""
    mine = and_(_held(job), t.c.worker == job.worker)
    return c.execute(update(t).where(mine).values(worker=worker, until=now + lease)).rowcount == 1


def get(c: Connection, id: int) -> Job | None:
    row = c.execute(select(t).where(t.c.id == id)).first()
    return _job(row) if row else None


def of_submission(c: Connection, submission: str) -> Job | None:
    """The last of them."""
    row = c.execute(select(t).where(t.c.submission == submission).order_by(t.c.id.desc()).limit(1)).first()
    return _job(row) if row else None


def listed(c: Connection, *states: str, most: int = 1000) -> tuple[Job, ...]:
    """In the order in which they are taken."""
    return tuple(_job(row) for row in c.execute(select(t).where(t.c.state.in_(states)).order_by(*ORDER).limit(most)))


def count(c: Connection) -> dict[str, int]:
    return {state: n for state, n in c.execute(select(t.c.state, func.count()).group_by(t.c.state))}  # noqa: C416 - a Row is no pair


def renew(c: Connection, job: Job, now: float, lease: float, at: int = 0, of: int = 0) -> bool:
    """Whether it is still ours; ``at`` questions are done ``of`` so many."""
    done = c.execute(update(t).where(_held(job)).values(until=now + lease, at=at, of=of))
    return done.rowcount == 1


def finish(c: Connection, job: Job, now: float) -> bool:
    """Whether it was still ours to finish."""
    return c.execute(update(t).where(_held(job)).values(state="done", finished=now, lease=None)).rowcount == 1


def fail(c: Connection, job: Job, why: str, *, most: int = SEEN) -> str:
    """Back in the queue, or set aside for a human after ``most`` tries. Gives its state; "" where it was not ours."""
    state = "aside" if job.tries + 1 >= most else "queued"
    facts = {"state": state, "tries": job.tries + 1, "why": why, "lease": None, "worker": None, "until": None}
    if c.execute(update(t).where(_held(job)).values(**facts)).rowcount != 1:
        return ""
    _tell(c, job.submission, job.rank, state)
    return state


def set_aside(c: Connection, job: Job, why: str, now: float) -> bool:
    """What could be judged of it was: the rest is left to a human. Whether it was still ours."""
    facts = {"state": "aside", "tries": job.tries + 1, "why": why, "lease": None, "finished": now}
    return c.execute(update(t).where(_held(job)).values(**facts)).rowcount == 1


def give_back(c: Connection, job: Job) -> bool:
    """As if it had never been taken: nothing was wrong with it. Whether it was still ours."""
    facts = {"state": "queued", "lease": None, "worker": None, "until": None, "started": None}
    if c.execute(update(t).where(_held(job)).values(**facts)).rowcount != 1:
        return False
    _tell(c, job.submission, job.rank, "queued")
    return True


def _tell(c: Connection, submission: str, rank: int, state: str) -> None:
    """One that is graded again stays graded, and counts, until it is."""
    if rank == 0:
        c.execute(update(submissions).where(submissions.c.id == submission).values(state=state))


def expire(c: Connection, now: float, lease: float, gone: Collection[str] = ()) -> int:
    """Jobs of workers that went silent are anyone's again, also where the clock went back meanwhile. Gives how many.

    ``gone`` are workers that are known to have ended: nobody waits for their leases.
    """
    silent = or_(t.c.until < now, t.c.until > now + 2 * lease, t.c.worker.in_(tuple(gone)))
    lost = [_job(row) for row in c.execute(select(t).where(t.c.state == "leased", silent))]
    for job in lost:
        fail(c, job, f"the worker {job.worker} went silent", most=VANISHED)
    return len(lost)


def again(c: Connection, id: int) -> bool:
    """A human puts it back: one that was set aside, or cancelled by a human."""
    back = {"state": "queued", "tries": 0}
    if c.execute(update(t).where(t.c.id == id, _stopped()).values(**back)).rowcount != 1:
        return False
    mine = select(t.c.submission).where(t.c.id == id).scalar_subquery()
    ended = (submissions.c.id == mine, submissions.c.state.in_(STOPPED))
    c.execute(update(submissions).where(*ended).values(state="queued"))
    return True


def stopped(c: Connection, some: Collection[str]) -> tuple[Job, ...]:
    """Of these submissions, what a human may put back."""
    mine = select(t).where(t.c.submission.in_(tuple(some)), _stopped()).order_by(t.c.id.desc())
    return tuple(_job(row) for row in c.execute(mine))


def _stopped() -> ColumnElement[bool]:
    """Not what a newer attempt replaced, nor a regrade that was dropped: those are cancelled by something else."""
    cancelled = select(submissions.c.id).where(submissions.c.state == "cancelled")
    by_hand = and_(t.c.state == "cancelled", t.c.rank == 0, t.c.submission.in_(cancelled))
    return or_(t.c.state == "aside", by_hand)


def cancel(c: Connection, id: int) -> bool:
    """A human says that it is not graded any more: one that waits, or was set aside. Whether it was one of those."""
    ended = (t.c.id == id, t.c.state.in_(("queued", "aside")))
    if c.execute(update(t).where(*ended).values(state="cancelled")).rowcount != 1:
        return False
    mine = select(t.c.submission).where(t.c.id == id).scalar_subquery()
    waits = (submissions.c.id == mine, submissions.c.state.in_(("queued", "aside")))
    c.execute(update(submissions).where(*waits).values(state="cancelled"))
    return True


def forget(c: Connection, before: float, *, pretend: bool = False) -> int:
    """Jobs that ended before. Gives how many."""
    old = and_(t.c.state.in_(("done", "cancelled")), t.c.created < before)
    if pretend:
        return int(c.execute(select(func.count()).select_from(t).where(old)).scalar_one())
    return int(c.execute(delete(t).where(old)).rowcount)


def judged_again(c: Connection, assignment: str, since: float) -> tuple[Job, ...]:
    """What was asked to be judged again, in the order in which that is done."""
    mine = (t.c.rank > 0, t.c.assignment == assignment, t.c.created >= since)
    return tuple(_job(row) for row in c.execute(select(t).where(*mine).order_by(*ORDER)))


def stop_judging_again(c: Connection, assignment: str) -> None:
    """Whoever has one of them finds that it was taken away."""
    mine = (t.c.rank > 0, t.c.assignment == assignment, t.c.state.in_(("queued", "leased", "aside")))
    c.execute(update(t).where(*mine).values(state="cancelled", lease=None))


def withdraw(c: Connection, assignment: str, copy: str, state: str) -> tuple[str, ...]:
    """What this copy has in the queue is not graded any more: replaced by a newer one, or cancelled."""
    mine = (submissions.c.assignment == assignment, submissions.c.copy == copy, submissions.c.state == "queued")
    waiting = tuple(c.execute(select(submissions.c.id).where(*mine)).scalars())
    c.execute(update(t).where(t.c.submission.in_(waiting), t.c.state == "queued").values(state="cancelled"))
    c.execute(update(submissions).where(submissions.c.id.in_(waiting)).values(state=state))
    return waiting


def position(c: Connection, job: Job) -> int:
    """How many are taken before it; 0 for the next, or for one that does not wait."""
    if job.state != "queued":
        return 0
    many = job.turn if job.turn >= FEW else 0
    mine = (job.rank, many, job.due, job.turn, job.created, job.id)
    before = or_(*(and_(*(ORDER[i] == mine[i] for i in range(n)), ORDER[n] < mine[n]) for n in range(len(ORDER))))
    return int(c.execute(select(func.count()).select_from(t).where(t.c.state == "queued", before)).scalar_one())


def _held(job: Job) -> ColumnElement[bool]:
    return and_(t.c.id == job.id, t.c.state == "leased", t.c.lease == job.lease)


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(**row._mapping)
