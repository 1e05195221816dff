# ruff: noqa: D100, F841 - an exercise: a function receives what it names, words are in the .md
from grader.author import Measure, answer, grid, table, task

params = grid(n=[10, 20, 30, 40], k=[3, 5])


@answer(points=1)
def size(n, k):
    return n - k + 1


@size.misconception
def start_forgotten(n, k):
    return n - k


@answer(points=2, rule=table("first", "second"))
def layers(n, k):
    return {"first": n * k, "second": 2 * n * k}


@layers.follow_through
def layers_from(n, k, yours):
    return {"first": n * k, "second": 2 * yours["first"]}


@task(points=4, seconds=3, memory_mib=1024, output_kib=64, processes=32, file_mib=16)
def double(x):
    raise NotImplementedError


@double.check
def doubles(double):
    assert double(2) == 4


@double.hidden_check(weight=3)
def doubles_negatives(double):
    assert double(-3451) == -6902


@task(points=2, asks=("guess",), seconds=3)
def measured():
    guess = None


@measured.hidden_check
def near(guess):
    return Measure(guess(64), gate=0.5, full=0.9)
