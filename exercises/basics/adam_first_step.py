from math import copysign, sqrt

from grader.author import answer, choice, decimal, grid, table

minutes = 10
difficulty = 5
tags = ("basics", "gradient", "optimizer")

params = grid(
    start=[1, 2, 3],
    gradient=[-5, -4, -2, 2, 4, 5],
    rate=[0.1, 0.2],
    change=["gradient", "rate", "sign"],
)

ROWS = ("m", "v", "m_hat", "v_hat", "w")
EFFECTS = ("same", "tenfold", "hundredfold", "opposite")


def lines(m, v, m_hat, v_hat, w):
    return dict(zip(ROWS, (m, v, m_hat, v_hat, w), strict=True))


def load():
    """A product for m, two for v, a quotient for each corrected one; a root, a quotient, a product, a subtraction."""
    return 1 + 2 + 2 + 4


@answer(points=3, rule=table(*ROWS, decimal=decimal(rtol=0.001)))
def step(start, gradient, rate):
    return lines(0.1 * gradient, 0.001 * gradient**2, gradient, gradient**2, start - copysign(rate, gradient))


@step.follow_through
def from_your_lines(yours, step, start, rate):
    rows = dict(step)
    for row, factor in (("m", 0.1), ("v", 0.001)):
        if yours[row] is not None:
            rows[f"{row}_hat"] = yours[row] / factor
    m_hat, v_hat = (rows[row] if yours[row] is None else yours[row] for row in ("m_hat", "v_hat"))
    rows["w"] = start - rate * m_hat / sqrt(v_hat)
    return rows


@step.misconception
def no_correction(start, gradient, rate):
    m, v = 0.1 * gradient, 0.001 * gradient**2
    return lines(m, v, m, v, start - rate * m / sqrt(v))


@step.misconception
def decay_for_share(start, gradient, rate):
    m, v = 0.9 * gradient, 0.999 * gradient**2
    return lines(m, v, 10 * m, 1000 * v, start - rate * 10 * m / sqrt(1000 * v))


@step.misconception
def root_forgotten(step, start, rate):
    return {**step, "w": start - rate * step["m_hat"] / step["v_hat"]}


@step.misconception
def climbs(step, start, gradient, rate):
    return {**step, "w": start + copysign(rate, gradient)}


@step.misconception
def gradient_not_divided(step, start, rate):
    return {**step, "w": start - rate * step["m_hat"]}


@step.misconception
def square_forgotten(start, gradient, rate):
    size = abs(gradient)
    return lines(0.1 * gradient, 0.001 * size, gradient, size, start - rate * gradient / sqrt(size))


@answer(points=1, rule=choice(*EFFECTS))
def effect(change):
    return {"gradient": "same", "rate": "tenfold"}.get(change, "opposite")


@effect.misconception
def as_plain_descent(change):
    return {"gradient": "tenfold", "rate": "hundredfold"}.get(change, "same")


@effect.misconception
def square_counted(change):
    return {"gradient": "hundredfold", "rate": "same"}.get(change, "same")


@effect.misconception
def sign_confused(change):
    return {"gradient": "opposite", "rate": "opposite"}.get(change, "tenfold")
