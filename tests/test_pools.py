"""Pools are disjoint whoever enrols, a resit gives nobody what they had, and too few variants are said beforehand."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import cli, course, lock, pools
from grader.errors import CourseError
from grader.lock import Lock
from grader.model import Pools

POOLS = "[pools]\npractice = 0.4\nexam = 0.4\nresit = 0.2\n"
COURSE = '[course]\nid = "dl"\n{pools}\n[assignments.td1]\npool = "practice"\nexercises = ["tiny"]\n{more}'
EXAM = '[assignments.exam]\npool = "exam"\nexercises = ["tiny"]\n'
RESIT = EXAM + '[assignments.again]\nresit_of = "exam"\n'


def write(desk: Any, more: str = "", split: str = POOLS, students: int = 30) -> None:
    desk.toml(COURSE.format(pools=split, more=more))
    desk.roster("id\n" + "".join(f"s{n}\n" for n in range(students)))


def handed(made: Lock) -> dict[str, set[str]]:
    """The numbers that each student has."""
    return {id: {*one["items"].values()} for id, one in made.said["students"].items()}


def numbers(made: Lock) -> set[str]:
    return set().union(*handed(made).values())


def refused(desk: Any, id: str = "exam") -> str:
    with pytest.raises(CourseError) as caught:
        desk.lock(id)
    return str(caught.value)


@given(
    st.text("ab0", min_size=16, max_size=16),
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
    st.integers(1, 60),
)
def test_every_variant_is_in_one_pool_and_sizes_are_the_shares(secret: str, weights: list[int], size: int) -> None:
    shares = {f"p{n}": Fraction(weight, sum(weights)) for n, weight in enumerate(weights)}
    members = tuple(f"variant {n}" for n in range(size))
    cut = pools._cut(secret, "tiny", members, tuple(shares.items()))
    assert sorted(n for inside in cut.values() for n in inside) == list(range(size))
    assert all(abs(len(cut[name]) - share * size) < 1 for name, share in shares.items())


def test_the_split_is_the_secrets_and_not_the_grids_order(desk: Any, shelf: Any) -> None:
    write(desk)
    here, exercise = desk.load(), shelf.load()
    before = {pools.digest(exercise.params[n]) for n in pools.allowed(here, exercise, "exam")}
    shelf.edit("tiny.py", "n=[10, 14, 17, 23, 30]", "n=[30, 23, 17, 14, 10]")
    after = {pools.digest(shelf.load().params[n]) for n in pools.allowed(here, shelf.load(), "exam")}
    assert before == after
    (desk.root / ".partiel" / "secret").write_text("another secret of this course")
    other = {pools.digest(shelf.load().params[n]) for n in pools.allowed(desk.load(), shelf.load(), "exam")}
    assert other != before


def test_practice_is_what_is_taken_unless_told(desk: Any, shelf: Any) -> None:
    write(desk)
    here, exercise = desk.load(), shelf.load()
    assert pools.allowed(here, exercise) == pools.allowed(here, exercise, "practice")
    write(desk, split="")
    desk.toml(COURSE.format(pools="", more="").replace('pool = "practice"\n', ""))
    assert pools.allowed(desk.load(), exercise) == tuple(range(len(exercise.params)))


def test_a_course_without_practice_shows_nothing_unless_told(desk: Any, shelf: Any) -> None:
    desk.toml('[course]\nid = "dl"\n[pools]\nmidterm = 0.5\nfinal = 0.5\n')
    with pytest.raises(CourseError, match=r"no pool 'practice'\n  Say --pool."):
        pools.allowed(desk.load(), shelf.load())
    assert pools.allowed(desk.load(), shelf.load(), "final")


def test_the_gallery_shows_what_no_exam_draws_from(
    desk: Any, shelf: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(desk)
    monkeypatch.chdir(desk.root)
    for pool in ("practice", "exam", ""):
        allowed = pools.allowed(desk.load(), shelf.load(), pool)
        monkeypatch.setattr("sys.argv", ["partiel", "gallery", "--lang", "fr", *(["--pool", pool] if pool else [])])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == 0, capsys.readouterr().err
        shown = re.search(r"<code>tiny#(\d+)</code>", (desk.root / "gallery" / "fr.html").read_text("utf-8"))
        assert shown and int(shown[1]) in allowed


def test_an_exercise_has_its_own_shares_or_is_shared(desk: Any, shelf: Any) -> None:
    every = len(shelf.load().params)
    write(desk, split=POOLS + "tiny = { exam = 1 }\n")
    assert len(pools.allowed(desk.load(), shelf.load(), "exam")) == every
    assert pools.allowed(desk.load(), shelf.load(), "practice") == ()
    write(desk, split=POOLS + 'tiny = "shared"\n')
    assert {len(pools.allowed(desk.load(), shelf.load(), name)) for name in ("practice", "exam", "resit")} == {every}


def test_assignments_of_two_pools_have_no_variant_in_common_whoever_enrols(desk: Any) -> None:
    write(desk, EXAM, students=4)
    td1, exam = desk.lock("td1"), desk.lock("exam")
    first = handed(exam)
    write(desk, EXAM, students=60)
    td1, exam = desk.lock("td1"), desk.lock("exam")
    assert numbers(td1) and numbers(exam) and not numbers(td1) & numbers(exam)
    assert {id: handed(exam)[id] for id in first} == first


def test_shares_changed_after_the_release_move_nothing_that_was_seen(desk: Any) -> None:
    write(desk, EXAM, students=60)
    td1 = desk.lock("td1")
    write(desk, EXAM, split="[pools]\npractice = 0.1\nexam = 0.9\n", students=80)
    assert not numbers(desk.lock("exam")) & numbers(td1)
    assert numbers(desk.lock("td1")) == numbers(td1), "whoever comes late draws from the pool as it was"


def test_a_resit_gives_nobody_a_variant_they_had(desk: Any) -> None:
    write(desk, RESIT, students=60)
    td1, exam, again = desk.lock("td1"), desk.lock("exam"), desk.lock("again")
    assert desk.load().assignments["again"].pool == "resit"
    for id, had in handed(again).items():
        assert not had & (handed(td1)[id] | handed(exam)[id])


def test_a_resit_without_pools_gives_new_variants_too(desk: Any) -> None:
    desk.toml(
        '[course]\nid = "dl"\n[assignments.td1]\nexercises = ["tiny", "tiny", "tiny"]\n'
        '[assignments.td2]\nresit_of = "td1"\n'
    )
    desk.roster("id\n" + "".join(f"s{n}\n" for n in range(40)))
    td1, td2 = desk.lock("td1"), desk.lock("td2")
    assert all(len(had) == 3 for had in handed(td1).values()), "the same exercise three times: three variants"
    assert all(not had & handed(td1)[id] for id, had in handed(td2).items())


def test_running_out_is_said_with_numbers_and_nothing_is_written(desk: Any, shelf: Any) -> None:
    size = len(shelf.load().params)
    times = size // 2 + 1
    asked = ", ".join(['"tiny"'] * times)
    desk.toml(f'[course]\nid = "dl"\n[assignments.td1]\nexercises = [{asked}]\n[assignments.td2]\nresit_of = "td1"\n')
    desk.roster("id\nada\nemmy\n")
    desk.lock("td1")
    message = refused(desk, "td2")
    assert "'td2' would run out of variants; nothing was written" in message
    assert f"{size} variants, {2 * times} needed (ada, emmy)" in message
    assert not lock.path(desk.load(), "td2").exists()


def test_a_pool_that_is_too_small_is_said_before_the_release(desk: Any, shelf: Any) -> None:
    shelf.edit("tiny.py", "n=[10, 14, 17, 23, 30], k=[3, 5], s=[2, 3]", "n=[14, 17], k=[3], s=[3]")
    assert len(shelf.load().params) <= 2
    write(desk, RESIT)
    desk.lock("td1")
    message = refused(desk, "again")
    assert "the pool 'resit' holds 0 of its" in message and "variants, 1 needed (s0, s1, s2 and 27 more)" in message
    assert 'write tiny = "shared" there' in message
    assert not lock.path(desk.load(), "again").exists()
    write(desk, RESIT, split=POOLS + 'tiny = "shared"\n')
    assert len(desk.lock("again").students) == 30


def test_with_pools_every_new_assignment_names_its_own(desk: Any) -> None:
    write(desk, EXAM.replace('pool = "exam"\n', ""))
    assert '[assignments.exam] says no pool\n  Write pool = "practice" there' in refused(desk)


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ("[pools]\npractice = 0.4\nexam = 0.4\n", "the shares add up to 0.8"),
        ("[pools]\npractice = 40\n", "practice = 40 is no share of the variants"),
        ("[pools]\npractice = true\n", "practice = True is no share"),
        ("[pools]\npractice = 1\ntiny = 'all'\n", 'tiny = "all" says nothing\n  Write tiny = "shared"'),
        ("[pools]\npractice = 1\ntyny = 'shared'\n", "'tyny', which is no exercise\n  Did you mean 'tiny'?"),
        ("[pools]\npractice = 1\ntiny = { practise = 1 }\n", "[pools.tiny] has no pool 'practise'\n  Did you mean"),
    ],
)
def test_shares_that_make_no_split_are_refused(desk: Any, split: str, said: str) -> None:
    write(desk, split=split)
    with pytest.raises(CourseError) as caught:
        desk.load()
    assert said in str(caught.value)


def test_a_pool_that_the_course_does_not_have_names_its_near_miss(desk: Any) -> None:
    write(desk, EXAM.replace('"exam"', '"exams"', 1))
    assert "no pool 'exams'\n  Did you mean 'exam'?" in refused(desk)
    desk.toml(COURSE.format(pools="", more=""))
    assert "there is no table [pools]" in refused(desk, "td1")


def test_a_resit_of_nothing_names_its_near_miss(desk: Any) -> None:
    write(desk, '[assignments.again]\nresit_of = "td"\n')
    with pytest.raises(CourseError, match=r"is a resit of no assignment here\n  Did you mean 'td1'\?"):
        desk.load()


def test_the_table_of_a_resit_is_written_once_and_taken_back_where_it_cannot_be_released(desk: Any) -> None:
    write(desk, EXAM)
    before = (desk.root / "course.toml").read_bytes()
    with pytest.raises(RuntimeError), course.resit(desk.load(), "exam"):
        raise RuntimeError
    assert (desk.root / "course.toml").read_bytes() == before
    with course.resit(desk.load(), "exam") as id:
        made = desk.load().assignments[id]
    assert (id, made.resit_of, made.pool, made.exercises) == ("exam-resit", "exam", "resit", ("tiny",))
    after = (desk.root / "course.toml").read_bytes()
    assert after.startswith(before)
    with course.resit(desk.load(), "exam") as id:
        assert id == "exam-resit" and (desk.root / "course.toml").read_bytes() == after


def test_pools_are_not_split_by_anything_but_a_hash() -> None:
    """A split that anyone could compute would tell students which variants the exam draws from."""
    members = tuple(map(str, range(40)))
    halves = (("a", Fraction(1, 2)), ("b", Fraction(1, 2)))
    assert pools._cut("0" * 16, "tiny", members, halves) != pools._cut("1" * 16, "tiny", members, halves)
    assert Pools().shares == {}
