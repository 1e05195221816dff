from grader.author import essay, grid, value

minutes = 12
difficulty = 4
tags = ("culture", "evaluation", "essay")

params = grid(
    lambda patients, per_patient, **_: 8000 <= patients * per_patient <= 16000,
    patients=[200, 250, 400, 500, 800],
    per_patient=[16, 20, 32, 40],
    tried=[12, 24, 40],
    accuracy=["97,2", "98,1", "98,6"],
)


@value
def images(patients, per_patient):
    return patients * per_patient


@value
def reported(accuracy):
    return float(accuracy.replace(",", "."))


@essay(points=3)
def review():
    return {"leak": 1, "selection": 1, "repair": 1}
