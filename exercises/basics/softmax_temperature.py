from math import exp

from grader.author import answer, choice, decimal, grid, value

minutes = 5
difficulty = 2
tags = ("basics", "softmax")

CHANGES = ("add", "subtract", "multiply", "divide", "negate")
EFFECTS = ("unchanged", "sharper", "flatter", "reversed")

params = grid(
    lambda low, high, **_: low < high,
    low=[1, 2],
    high=[3, 4, 5],
    temperature=[0.5, 2, 4],
    change=CHANGES,
)


@value
def logits(low, high):
    return [low, high, -1]


@answer(points=1, rule=decimal(rtol=0.01))
def ratio(low, high, temperature):
    return exp((high - low) / temperature)


@ratio.misconception
def ratio_of_logits(low, high):
    return high / low


@ratio.misconception
def temperature_forgotten(low, high):
    return exp(high - low)


@ratio.misconception
def multiplied_by_temperature(low, high, temperature):
    return exp((high - low) * temperature)


@ratio.misconception
def logits_added(low, high, temperature):
    return exp((high + low) / temperature)


@ratio.misconception
def divided_afterwards(low, high, temperature):
    return exp(high - low) / temperature


@ratio.misconception
def difference_given(low, high, temperature):
    return (high - low) / temperature


@answer(points=1, rule=choice(*EFFECTS))
def effect(change):
    return {"add": "unchanged", "subtract": "unchanged", "multiply": "sharper", "divide": "flatter"}.get(
        change, "reversed"
    )


@effect.misconception
def shift_seen(change):
    return {"add": "sharper", "subtract": "flatter", "negate": "unchanged"}.get(change, "reversed")


@effect.misconception
def scale_unseen(change):
    return {"add": "reversed", "subtract": "sharper"}.get(change, "unchanged") if change != "negate" else "flatter"


@effect.misconception
def wrong_way(change):
    return {"multiply": "flatter", "divide": "sharper", "add": "flatter", "subtract": "reversed"}.get(change, "sharper")
