"""A simulated class of 300, of which everything is known: the report finds it again, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from lxml import html
from scipy.stats import spearmanr

from grader import lock, report, values
from grader.lock import Lock
from grader.model import Answer, Course, Record, Sheet, Status
from grader.report import facts, ideas, page, plain
from grader.report.facts import Facts
from grader.report.lines import BY_HAND, Row
from tests import simulated
from tests.simulated import Plan, Simulated, Unfair

SEEDS = range(20)


@dataclass(frozen=True)
class Class:
    """A lock, and the copies that were handed out."""

    course: Course
    locked: Lock
    sheets: dict[str, Sheet]

    def play(self, plan: Plan) -> Simulated:
        return simulated.respond(self.course, self.sheets, plan)

    def facts(self, made: Simulated, history: dict[str, list[Record]] | None = None) -> Facts:
        rows = tuple(Row(record.student, "", record) for record in made.records)
        return facts.of(self.course, self.locked, rows, report.total(self.course, "td1"), history or {})


def opened(folder: Path, plan: Plan) -> Class:
    course = simulated.open_course(folder, plan)
    return Class(course, lock.read(course, "td1"), simulated.sheets(course))


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return opened(tmp_path_factory.mktemp("class") / "course", Plan())


@pytest.fixture(scope="module")
def played(class_: Class) -> list[tuple[Simulated, Facts]]:
    """Twenty classes with the same numbers and other students."""
    made = [class_.play(Plan(seed=seed)) for seed in SEEDS]
    return [(one, class_.facts(one)) for one in made]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """Twelve students, and one exercise of two choices."""
    plan = Plan(students=12, exercises=("learning_curves",), unfair=None, copiers=0)
    return opened(tmp_path_factory.mktemp("few") / "course", plan)


# ── what is known of the class ───────────────────────────────────────────────


def test_the_order_of_difficulty_is_found_again(played: list[tuple[Simulated, Facts]]) -> None:
    for made, found in played:
        success = [one.success.value for one in found.questions]
        known = [-made.difficulties[one.asked.key] for one in found.questions]
        assert spearmanr(success, known).statistic >= 0.95


def test_the_shares_of_misconceptions_are_found_within_three_points(played: list[tuple[Simulated, Facts]]) -> None:
    counted = 0
    for made, found in played:
        shares = {(one.question, one.name): one.held for one in (*found.ideas.held, *found.ideas.never)}
        # In half of the class, chance alone is three points.
        told_apart = {key: share for key, share in made.ideas.items() if key in shares and shares[key].n >= 200}
        counted += len(told_apart)
        for key, share in told_apart.items():
            assert shares[key].value == pytest.approx(share, abs=0.03), (made.plan.seed, key)
    assert counted >= 75 * len(SEEDS)


def test_the_unfair_variant_is_found_and_no_other(played: list[tuple[Simulated, Facts]]) -> None:
    for made, found in played:
        unfair = made.plan.unfair
        assert unfair
        (gap,) = found.fairness.found
        assert (gap.question, gap.axis, gap.value) == (unfair.question, unfair.axis, unfair.value)
        assert gap.gap.high < 0 and gap.adjusted <= 0.01


def test_nothing_is_found_where_every_variant_is_fair(class_: Class) -> None:
    for seed in SEEDS[:2]:
        assert class_.facts(class_.play(Plan(seed=seed, unfair=None))).fairness.found == ()


def test_the_class_is_reliable_and_no_question_works_against_it(played: list[tuple[Simulated, Facts]]) -> None:
    for _, found in played:
        assert found.alpha and found.alpha.low > 0.7
        assert found.against == ()


def test_a_question_that_the_able_fail_is_named(class_: Class) -> None:
    key = "grouped_convolution-reach"
    found = class_.facts(class_.play(Plan(seed=3, backwards=key)))
    assert [one.asked.key for one in found.against if one.rest and one.rest.is_below_zero] == [key]


# ── ideas ────────────────────────────────────────────────────────────────────


def test_an_answer_that_two_ideas_explain_is_counted_for_neither(played: list[tuple[Simulated, Facts]]) -> None:
    made, found = played[0]
    alone = Counter(
        (v.key, v.misconceptions[0]) for r in made.records for v in r.verdicts if len(v.misconceptions) == 1
    )
    assert {(one.question, one.name): one.count for one in found.ideas.held} == alone
    together = sum(len(v.misconceptions) > 1 for r in made.records for v in r.verdicts)
    assert together == sum(one.count for one in found.ideas.blurred) > 0


def test_the_example_is_a_copy_that_was_handed_out(class_: Class, played: list[tuple[Simulated, Facts]]) -> None:
    made, found = played[0]
    for one in found.ideas.held:
        assert one.example
        handed = [s for s, sheet in class_.sheets.items() if one.example.numbers in _params(sheet, one.question)]
        assert any(
            v.key == one.question and v.misconceptions == (one.name,) and v.evidence == (one.example.wrote,)
            for r in made.records
            if r.student in handed
            for v in r.verdicts
        )
        assert "{{" not in one.example.sentence.fr + one.example.sentence.en


def _params(sheet: Sheet, question: str) -> list[object]:
    return [item.variant.params for item in sheet.items if question.startswith(f"{item.key}-")]


def test_options_that_nobody_chose_are_named(few: Class) -> None:
    made = few.play(Plan(seed=1, students=12, unfair=None, copiers=0))
    found = few.facts(made)
    offered: Counter[tuple[str, str]] = Counter()
    chosen: Counter[tuple[str, str]] = Counter()
    for record in made.records:
        (item,) = few.sheets[record.student].items
        known = values.of(item.variant)
        for question, verdict in zip(item.variant.exercise.questions, record.verdicts, strict=True):
            assert isinstance(question, Answer)
            shown = values.shown(item.variant, question, known)
            offered.update((verdict.key, name) for name in shown if name != known[question.name])
            if verdict.evidence:
                chosen[verdict.key, shown["ABCDEFGHIJ".index(verdict.evidence[0])]] += 1
            if verdict.status is Status.CORRECT:
                chosen[verdict.key, known[question.name]] -= 1  # that was right
    never = {key for key, n in offered.items() if n >= ideas.ENOUGH and not chosen[key]}
    assert {(one.question, one.name) for one in found.ideas.unchosen} == never
    assert never


# ── what does not count, and what cannot be told ─────────────────────────────


def spoilt(made: Simulated, status: Status, question: int = 0) -> Simulated:
    """The same class, one question of which has this status in every copy."""
    records = [
        replace(
            r,
            verdicts=tuple(
                replace(v, status=status, misconceptions=()) if n == question else v for n, v in enumerate(r.verdicts)
            ),
        )
        for r in made.records
    ]
    return replace(made, records=tuple(records))


@pytest.mark.parametrize("status", [Status.BROKEN, Status.WAITING, Status.WITHDRAWN], ids=str)
def test_what_no_student_is_the_cause_of_is_in_no_statistic(few: Class, status: Status) -> None:
    made = few.play(Plan(seed=1, students=12, unfair=None, copiers=0))
    first, second = few.facts(spoilt(made, status)).questions
    assert (first.success.n, first.rest, first.statuses[status]) == (0, None, 12)
    assert second.success.n == 12


def test_of_nine_copies_only_counts_are_given(few: Class) -> None:
    made = few.play(Plan(seed=1, students=12, unfair=None, copiers=0))
    enough, small = few.facts(made), few.facts(replace(made, records=made.records[:9]))
    assert enough.alpha and not small.alpha
    assert all(one.rest is None for one in small.questions) and not small.fairness.gaps
    for lang, words in (("fr", "Avec 9 copies, seuls des comptes"), ("en", "With 9 copies, only counts")):
        assert words in html.fromstring(page.render_page(few.course, small, lang)).text_content()  # type: ignore[arg-type]


def test_files_handed_in_again_are_attempts(few: Class) -> None:
    made = few.play(Plan(seed=1, students=12, unfair=None, copiers=0))
    one = next(r for r in made.records if any(v.status is Status.CORRECT for v in r.verdicts))
    first = replace(spoilt(replace(made, records=(one,)), Status.WRONG, 0).records[0], submission="0" * 64)
    first = spoilt(replace(made, records=(first,)), Status.WRONG, 1).records[0]
    found = few.facts(made, {one.student: [first, one, one], "other": [one]})
    assert found.attempts and (found.attempts.several, found.attempts.most, found.attempts.mean) == (1, 2, 1.5)
    right = [int(v.status is Status.CORRECT) for v in one.verdicts]
    assert [(q.tried_again, q.came_right) for q in found.questions] == [(1, n) for n in right]
    assert few.facts(made, {one.student: [one]}).attempts is None  # one file: how many were tried is not known


def test_a_mark_by_hand_is_shown_as_one(few: Class) -> None:
    made = few.play(Plan(seed=1, students=12, unfair=None, copiers=0))
    record = made.records[0]
    given = replace(record.verdicts[0], feedback=BY_HAND, status=Status.CORRECT)
    made = replace(made, records=(replace(record, verdicts=(given, *record.verdicts[1:])), *made.records[1:]))
    found = few.facts(made)
    assert [one.by_hand for one in found.questions] == [1, 0]
    marked = html.fromstring(page.render_page(few.course, found, "fr")).xpath("//td[contains(., '†')]/@title")
    assert len(marked) == 1 and marked[0].startswith(given.key)


def test_a_groups_copy_counts_once(tmp_path: Path) -> None:
    course = simulated.open_course(tmp_path, Plan(students=12, exercises=("learning_curves",)))
    (tmp_path / "td1.lock.json").unlink()
    lines = [f"e{n:03},Name {n},g{n // 3}" for n in range(12)]
    (tmp_path / "students.csv").write_text("\n".join(["id,name,group", *lines]) + "\n", "utf-8")
    course = simulated.course.load(tmp_path)
    lock.write(course, course.assignments["td1"])
    grouped = Class(course, lock.read(course, "td1"), simulated.sheets(course))
    found = grouped.facts(grouped.play(Plan(seed=1, students=12, unfair=None, copiers=0)))
    assert (len(found.seen), found.copies, found.questions[0].success.n) == (12, 4, 4)


# ── the whole path, from the folder to the page ──────────────────────────────


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    plan = Plan(seed=4, students=120, exercises=("conv_output_size", "learning_curves", "mse_mae"), copiers=0)
    return simulated.play(tmp_path_factory.mktemp("whole") / "course", replace(plan, unfair=Unfair(harder=3.0)))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_says_it_all_and_loads_nothing(folder: Simulated, lang: str) -> None:
    written = report.as_page(folder.course, "td1", lang, integrity=False)  # type: ignore[arg-type]
    tree = html.fromstring(written)
    assert tree.xpath("//script | //*[@src] | //link | //iframe | //@onclick") == []
    assert [a for a in tree.xpath("//@href") if not a.startswith("#")] == []
    assert not {a[1:] for a in tree.xpath("//@href")} - set(tree.xpath("//@id"))
    assert len(tree.xpath("//figure/*[local-name() = 'svg'][@role = 'img'][@aria-label]")) == 4
    assert "@page { size: A4" in written
    text = " ".join(tree.text_content().split())
    assert {"fr": "Variantes inégales", "en": "Unequal variants"}[lang] in text
    assert "conv_output_size-size" in text and "s = 4" in text and "{{" not in text and "nan" not in text.split()
    body = tree.xpath("//body")[0].text_content()
    assert lang == "en" or not [w for w in (" ;", " !", " ?", " »", "« ") if w in body]


def test_the_json_is_the_page_for_a_machine(folder: Simulated) -> None:
    said = json.loads(json.dumps(report.as_json(folder.course, "td1"), allow_nan=False))
    assert (said["format"], said["assignment"], said["students"]["graded"]) == (1, "td1", 120)
    assert [one["key"] for one in said["questions"]] == list(folder.difficulties)
    assert [(gap["parameter"], gap["value"]) for gap in said["fairness"]["found"]] == [("s", 4)]
    scores = [float(sum(v.earned for v in r.verdicts)) for r in folder.records]
    assert said["marks"]["mean"] == pytest.approx(np.mean(scores))
    assert set(said) - {"format", "course", "assignment"} == set(plain.of(report.collect(folder.course, "td1")))


def test_the_documentation_names_every_field(folder: Simulated) -> None:
    words = (Path(__file__).resolve().parent.parent / "docs" / "report.md").read_text("utf-8")
    said = report.as_json(folder.course, "td1")
    fields = {*said, *said["questions"][0], *said["ideas"][0], *said["fairness"], *said["fairness"]["comparisons"][0]}
    fields |= {*said["marks"], *said["can_tell"], *said["students"], *said["checks"][0], *said["alpha"]}
    assert {field for field in fields if f"`{field}`" not in words} == set()
