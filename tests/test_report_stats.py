"""The report's statistics: beside textbook values and brute force, and where nothing is the matter."""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.stats import fisher_exact

from grader.report import fairness, plots, stats, words
from grader.report.stats import Estimate


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def answers(seed: int, students: int, questions: int, slope: float = 1.5) -> Any:
    """(students, questions) of 0 and 1, from abilities and difficulties."""
    draw = rng(seed)
    ability, difficulty = draw.normal(size=(students, 1)), np.linspace(-1.5, 1.5, questions)
    return (draw.random((students, questions)) < 1 / (1 + np.exp(-slope * (ability - difficulty)))).astype(float)


# ── one number, and its interval ─────────────────────────────────────────────


@pytest.mark.parametrize(
    ("count", "n", "low", "high"), [(0, 10, 0, 0.2775), (8, 10, 0.4902, 0.9433), (5, 5, 0.5655, 1)]
)
def test_a_share_has_wilsons_interval(count: int, n: int, low: float, high: float) -> None:
    found = stats.share(count, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_a_share_of_nothing_is_no_number() -> None:
    assert math.isnan(stats.share(0, 0).value)


def test_a_correlation_has_fishers_interval() -> None:
    x, noise = rng().normal(size=28), rng(1).normal(size=28)
    noise -= x * (noise @ (x - x.mean())) / (x @ (x - x.mean()))
    y = (x - x.mean()) / x.std() + (noise - noise.mean()) / noise.std() * math.sqrt(3)  # a correlation of one half
    found = stats.correlation(x, y)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.1562, 0.7356), abs=1e-3)


def test_a_question_is_compared_with_the_others_and_not_with_itself() -> None:
    shares = answers(0, 80, 6)
    points = np.array([1.0, 2, 1, 1, 3, 1])
    for q, found in enumerate(stats.item_rest(shares, points)):
        rest = np.delete(shares * points, q, axis=1).sum(axis=1)
        assert found is not None
        assert found.value == pytest.approx(np.corrcoef(shares[:, q], rest)[0, 1])


def test_a_question_that_the_able_fail_is_below_zero() -> None:
    shares = answers(1, 300, 10)
    shares[:, 4] = 1 - answers(1, 300, 10)[:, 4]
    found = stats.item_rest(shares, np.ones(10))
    assert [one.is_below_zero for one in found if one] == [q == 4 for q in range(10)]


def test_who_has_no_score_somewhere_is_compared_on_the_rest() -> None:
    shares = answers(2, 60, 5)
    shares[:20, 0] = np.nan
    found = stats.item_rest(shares, np.ones(5))
    assert [one.n for one in found if one] == [40, 60, 60, 60, 60]


def test_a_question_that_everybody_gets_right_has_no_correlation() -> None:
    shares = answers(3, 40, 4)
    shares[:, 0] = 1.0
    assert stats.item_rest(shares, np.ones(4))[0] is None


def test_alpha_is_cronbachs() -> None:
    scores = np.array([[1, 2, 1], [2, 3, 3], [3, 4, 2], [4, 5, 5], [5, 5, 4.0]])
    parts, whole = scores.var(axis=0, ddof=1).sum(), scores.sum(axis=1).var(ddof=1)
    found = stats.alpha(scores, np.ones(3))
    assert found is not None
    assert found.value == pytest.approx(1.5 * (1 - parts / whole))


def test_alphas_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Parallel questions of which the reliability is known: Spearman and Brown's formula."""
    questions, truth = 8, 8 * 0.25 / (1 + 7 * 0.25)
    draw, above, below = rng(4), 0, 0
    for _ in range(2000):
        scores = draw.normal(size=(30, 1)) * 0.5 + draw.normal(size=(30, questions)) * math.sqrt(0.75)
        found = stats.alpha(scores, np.ones(questions))
        assert found is not None
        above, below = above + (found.low > truth), below + (found.high < truth)
    assert 0.015 <= above / 2000 <= 0.035 and 0.015 <= below / 2000 <= 0.035  # each tail has its 2.5 %


def test_nothing_is_said_of_a_class_of_one() -> None:
    assert stats.alpha(np.ones((1, 4)), np.ones(4)) is None
    assert stats.distribution(np.array([])) is None
    one = stats.distribution(np.array([3.0]))
    assert one is not None
    assert (one.mean, one.deviation) == (3, 0)


def test_holms_correction() -> None:
    assert stats.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert stats.holm([0.6, 0.9]) == [1.0, 1.0]


def test_a_small_class_can_tell_less() -> None:
    few, many = stats.reach(20, 50, 0.01), stats.reach(300, 50, 0.01)
    assert few.share > 2 * many.share and few.correlation > 2 * many.correlation and few.gap > 2 * many.gap


# ── variants ─────────────────────────────────────────────────────────────────


def test_what_chance_does_is_counted_and_not_approximated() -> None:
    steps = np.array([0, 3, 1, 2, 2, 0, 4])
    found = fairness.chances(steps)
    for k in range(len(steps) + 1):
        drawn = [sum(some) for some in combinations(steps.tolist(), k)]
        assert found[k] == pytest.approx([drawn.count(s) / len(drawn) for s in range(int(steps.sum()) + 1)])


def compared(right: Any, *columns: Any, names: str = "k") -> fairness.Fairness:
    """One question ``q`` with its parameters, and nine others that say how able each student is."""
    others = answers(9, len(right), 9)
    shares = np.column_stack([right, others])
    params: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    keys = ["q", *(f"other{n}" for n in range(9))]
    numbers = {key: params if key == "q" else [{}] * len(right) for key in keys}
    return fairness.compare(keys, shares, stats.rest(shares, np.ones(10)), numbers)


def test_in_one_stratum_it_is_fishers_exact_test() -> None:
    right = (rng(5).random(60) < 0.5).astype(float)
    k = ["a"] * 22 + ["b"] * 38
    (gap,) = compared(right, k).gaps
    table = [[int(right[:22].sum()), 22 - int(right[:22].sum())], [int(right[22:].sum()), 38 - int(right[22:].sum())]]
    assert gap.p == pytest.approx(fisher_exact(table).pvalue)
    assert gap.gap.value == pytest.approx(right[:22].mean() - right[22:].mean())


def test_the_harder_value_is_found_and_its_neighbours_are_not() -> None:
    draw = rng(6)
    k, p = draw.choice([3, 5, 7], 300), draw.choice([1, 2], 300)
    right = (draw.random(300) < np.where(k == 7, 0.25, 0.7)).astype(float)
    found = compared(right, k.tolist(), p.tolist(), names="kp").found
    assert [(gap.question, gap.axis, gap.value) for gap in found] == [("q", "k", 7)]
    assert found[0].gap.value == pytest.approx(-0.45, abs=0.12) and found[0].gap.high < 0


def test_a_parameter_that_only_goes_with_the_harder_one_is_not_accused() -> None:
    draw = rng(7)
    k = draw.choice([3, 5, 7], 300)
    p = np.where(k == 7, draw.choice([1, 2, 3], 300), draw.choice([1, 2], 300))  # 3 goes with 7 alone
    right = (draw.random(300) < np.where(k == 7, 0.2, 0.7)).astype(float)
    assert [(gap.axis, gap.value) for gap in compared(right, k.tolist(), p.tolist(), names="kp").found] == [("k", 7)]


def test_partial_credit_counts_too() -> None:
    draw = rng(8)
    k = draw.choice([3, 5], 300)
    right = draw.choice([0, 1 / 3, 2 / 3, 1], 300) * np.where(k == 5, draw.choice([1, 1 / 3], 300), 1)
    (gap,) = compared(np.rint(right * 9) / 9, k.tolist()).found
    assert gap.axis == "k"


def test_the_able_are_compared_with_the_able() -> None:
    """Who chose English is better, here: that does not make the English words easier."""
    others = answers(9, 400, 9)
    able = others.mean(axis=1) + rng(14).normal(size=400) * 0.15
    lang = np.where(able + rng(15).normal(size=400) * 0.2 > 0.5, "en", "fr").tolist()
    right = (rng(16).random(400) < np.clip(others.mean(axis=1), 0.05, 0.95)).astype(float)
    (gap,) = compared(right, lang).gaps
    assert abs(gap.earned - gap.otherwise) > 0.2  # side by side, they differ
    assert abs(gap.gap.value) < 0.1 and not gap.is_real


def test_where_all_variants_are_alike_nothing_is_found() -> None:
    """Thirty comparisons in each of 150 classes: without the correction every fourth class would be alarmed."""
    alarms = 0
    for seed in range(150):
        draw = rng(100 + seed)
        shares = answers(200 + seed, 120, 6)
        keys = [f"q{n}" for n in range(6)]
        numbers = {key: [{"k": k, "s": s} for k, s in draw.integers(0, (3, 2), (120, 2)).tolist()] for key in keys}
        found = fairness.compare(keys, shares, stats.rest(shares, np.ones(6)), numbers)
        assert len(found.gaps) == 6 * 4  # of two values, one is the other seen from its side
        alarms += bool(found.found)
    assert alarms <= 4


def test_two_values_are_one_comparison_and_rare_ones_none() -> None:
    right = (rng(10).random(80) < 0.5).astype(float)
    made = compared(right, ["a", "b"] * 40, ["x"] * 75 + ["y"] * 5, names="kz")
    assert [(gap.axis, gap.here + gap.there) for gap in made.gaps] == [("k", 80)]
    assert set(made.untested) == {f"other{n}" for n in range(9)}


def test_a_number_with_many_values_is_cut_in_two_and_a_seed_is_not() -> None:
    right = (rng(11).random(120) < 0.5).astype(float)
    many = list(range(40)) * 3
    assert [gap.value for gap in compared(right, many, names="n").gaps] == ["≤ 19.5"]
    numbers = [{"seed": seed} for seed in many]
    shares = np.column_stack([right, right])
    assert fairness.compare(["q", "r"], shares, shares, {"q": numbers, "r": numbers}).gaps == ()


def test_a_class_of_thirty_compares_nothing() -> None:
    assert compared((rng(12).random(30) < 0.5).astype(float), ["a", "b"] * 15).gaps == ()


def test_a_class_of_a_thousand_is_still_exact() -> None:
    draw = rng(13)
    right = (draw.random(1500) < 0.5).astype(float)
    (gap,) = compared(right, draw.choice(["a", "b"], 1500).tolist()).gaps
    assert 0 < gap.p <= 1


# ── drawings ─────────────────────────────────────────────────────────────────


def test_every_mark_is_in_the_histogram() -> None:
    marks = [0.0, 1, 1, 2.5, 6.9, 7]
    found = stats.distribution(np.array(marks))
    assert found is not None
    drawing = plots.histogram(marks, 7, found, "fr")
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" fill="#9CC4E4"', drawing)]
    assert [h / min(heights) for h in heights] == pytest.approx([1, 2, 1, 2], abs=0.01)  # 6.9 and 7 are one bar
    assert 'role="img" aria-label="Histogramme' in drawing and "médiane" in drawing


def test_no_name_is_too_long_to_be_drawn() -> None:
    here, name = Estimate(0.5, 0.4, 0.6, 12345), "W" * 200
    assert "WW…" in plots.questions([plots.Line(name, here, None, against=False)], "fr")
    assert "WW…" in plots.ideas([plots.Bar(name, here, 12345)], "fr")
    assert "WW…" in plots.gaps([plots.Apart(name, here, real=True)], "fr")


def test_shape_says_what_colour_says() -> None:
    here, below = Estimate(0.5, 0.4, 0.6, 50), Estimate(-0.3, -0.5, -0.1, 50)
    good = plots.questions([plots.Line("a", here, here, against=False)], "en")
    bad = plots.questions([plots.Line("a", here, below, against=True)], "en")
    assert bad.count("<polygon") == good.count("<polygon") + 1
    real, not_real = (plots.gaps([plots.Apart("k = 3", below, real=real)], "en") for real in (True, False))
    assert "<polygon" in real and "<polygon" not in not_real


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert (words.percent(0.284, "fr"), words.percent(0.284, "en")) == ("28\u202f%", "28%")
    assert (words.signed(-0.126, 2, "fr"), words.signed(-0.001, 2, "en")) == ("−0,13", "0.00")
    assert (words.chance(0.0001, "fr"), words.chance(0.03, "en")) == ("< 0,001", "0.030")
    assert words.numbers({"image": (28, 28, 1), "units": 1000, "seed": 4}, "fr") == (
        "image = (28 ; 28 ; 1) ; units = 1\u202f000"
    )
