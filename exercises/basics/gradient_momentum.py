from grader.author import answer, decimal, grid, table

minutes = 8
difficulty = 4
tags = ("basics", "gradient", "optimizer")

params = grid(start=[1, 2, 3, 5], curvature=[1, 2], rate=[0.05, 0.1, 0.2], momentum=[0.5, 0.8, 0.9])

ROWS = ("w1", "w2", "w3")


def path(w, slope, *, rate, momentum, grip=1.0):
    """Three steps of v ← momentum·v + grip·gradient, w ← w − rate·v."""
    v, found = 0.0, []
    for _ in ROWS:
        v = momentum * v + grip * slope(w)
        w = w - rate * v
        found.append(w)
    return dict(zip(ROWS, found, strict=True))


@answer(points=3, rule=table(*ROWS, decimal=decimal(3)))
def steps(start, curvature, rate, momentum):
    return path(start, lambda w: 2 * curvature * w, rate=rate, momentum=momentum)


@steps.follow_through
def from_your_lines(yours, start, curvature, rate, momentum, steps):
    w1 = steps["w1"] if yours["w1"] is None else yours["w1"]
    w2 = w1 - rate * (momentum * (start - w1) / rate + 2 * curvature * w1)
    seen = w2 if yours["w2"] is None else yours["w2"]
    w3 = seen - rate * (momentum * (w1 - seen) / rate + 2 * curvature * seen)
    return {"w1": steps["w1"], "w2": w2, "w3": w3}


@steps.misconception
def no_momentum(start, curvature, rate):
    return path(start, lambda w: 2 * curvature * w, rate=rate, momentum=0)


@steps.misconception
def averaged(start, curvature, rate, momentum):
    return path(start, lambda w: 2 * curvature * w, rate=rate, momentum=momentum, grip=1 - momentum)


@steps.misconception
def climbs(start, curvature, rate, momentum):
    return path(start, lambda w: 2 * curvature * w, rate=-rate, momentum=momentum)


@steps.misconception
def gradient_frozen(start, curvature, rate, momentum):
    return path(start, lambda _: 2 * curvature * start, rate=rate, momentum=momentum)


@steps.misconception
def function_for_gradient(start, curvature, rate, momentum):
    return path(start, lambda w: curvature * w * w, rate=rate, momentum=momentum)


@steps.misconception
def brake_on_weight(start, curvature, rate, momentum):
    found, w = [], start
    for _ in ROWS:
        w = momentum * w - rate * 2 * curvature * w
        found.append(w)
    return dict(zip(ROWS, found, strict=True))
