from grader.author import answer, choice, grid, matching, value

minutes = 4
difficulty = 1
tags = ("diffusion", "training")

params = grid(N=[200, 500, 1000, 2000, 6000], n=[5, 6, 8, 10, 20], shown=[2, 3, 4])

ROWS = ("input_image", "input_text", "target")
ROLES = ("noisier", "cleaner", "cleanest", "caption", "noise")


@value
def next_one(shown):
    return shown + 1


@answer(points=1)
def pairs(N, n):
    return N * (n - 1)


@pairs.misconception
def one_for_each_image(N, n):
    return N * n


@pairs.misconception
def one_for_each_chain(N):
    return N


@pairs.misconception
def every_two(N, n):
    return N * n * (n - 1) // 2


@pairs.misconception
def ends_left_out(N, n):
    return N * (n - 2)


@answer(points=1, rule=matching(left=ROWS, right=ROLES))
def row():
    return {"input_image": "noisier", "input_text": "caption", "target": "cleaner"}


@row.misconception
def reversed_pair():
    return {"input_image": "cleaner", "input_text": "caption", "target": "noisier"}


@row.misconception
def straight_to_the_end():
    return {"input_image": "noisier", "input_text": "caption", "target": "cleanest"}


@row.misconception
def caption_as_target():
    return {"input_image": "noisier", "input_text": "noise", "target": "caption"}


@answer(points=1, rule=choice("same", "each", "none", "noise_words"))
def captions():
    return "same"


@captions.misconception
def one_caption_each_step():
    return "each"


@captions.misconception
def only_at_generation():
    return "none"


@captions.misconception
def caption_of_noise():
    return "noise_words"
