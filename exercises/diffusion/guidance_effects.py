from grader.author import answer, choice, grid, value

minutes = 4
difficulty = 2
tags = ("diffusion", "guidance")

params = grid(images=[1000, 2000, 4000, 6000, 12000], rate=[5, 10, 15, 20], scale=[3, 5, 8])


@value
def kept(images, rate):
    return images - images * rate // 100


@answer(points=1)
def without_caption(images, rate):
    return images * rate // 100


@without_caption.misconception
def with_caption(kept):
    return kept


@without_caption.misconception
def half(images):
    return images // 2


@without_caption.misconception
def all_twice(images):
    return images


@without_caption.misconception
def none_of_them():
    return 0


@answer(points=1, rule=choice("faithful", "varied", "faster", "both"))
def raised():
    return "faithful"


@raised.misconception
def diversity_up():
    return "varied"


@raised.misconception
def for_free():
    return "both"


@raised.misconception
def for_speed():
    return "faster"


@answer(points=1, rule=choice("conditional", "unconditional", "average", "nothing"))
def scale_one():
    return "conditional"


@scale_one.misconception
def no_caption():
    return "unconditional"


@scale_one.misconception
def mean_of_both():
    return "average"


@scale_one.misconception
def no_noise_left():
    return "nothing"


@answer(points=1, rule=choice("unknown_empty", "caption_ignored", "slower", "sharper"))
def never_dropped():
    return "unknown_empty"


@never_dropped.misconception
def caption_lost():
    return "caption_ignored"


@never_dropped.misconception
def time_only():
    return "slower"


@never_dropped.misconception
def better_trained():
    return "sharper"
