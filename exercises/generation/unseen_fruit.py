from grader.author import answer, choice, grid, value, whole

minutes = 8
difficulty = 4
tags = ("diffusion", "generation", "embedding")

params = grid(
    lambda shapes, colours, **_: shapes != colours,
    shapes=[2, 3, 4, 5],
    colours=[3, 4, 5, 6],
    depth=[16, 24, 32],
    apart=[1, 2],
)


@value
def captions(shapes, colours):
    return shapes * colours


@answer(points=1, rule=whole)
def seen(shapes, colours, apart):
    return shapes * colours - apart


@seen.misconception
def all_of_them(captions):
    return captions


@seen.misconception
def words_counted(shapes, colours):
    return shapes + colours


@seen.misconception
def words_left_out(shapes, colours, apart):
    return (shapes - apart) * (colours - apart)


@seen.misconception
def one_colour_less(shapes, colours):
    return shapes * (colours - 1) - 1


@seen.misconception
def counted_in_order(captions, apart):
    return captions + apart


@answer(points=1, rule=whole)
def by_caption(captions, depth):
    return captions * depth


@by_caption.misconception
def one_each(captions):
    return captions


@by_caption.misconception
def of_the_words(shapes, colours, depth):
    return (shapes + colours) * depth


@by_caption.misconception
def seen_only(seen, depth):
    return seen * depth


@by_caption.misconception
def empty_caption_counted(captions, depth):
    return (captions + 1) * depth


@answer(points=1, rule=whole)
def by_word(shapes, colours, depth):
    return (shapes + colours) * depth


@by_word.misconception
def of_the_captions(captions, depth):
    return captions * depth


@by_word.misconception
def two_vectors(depth):
    return 2 * depth


@by_word.misconception
def without_depth(shapes, colours):
    return shapes + colours


@by_word.misconception
def side_by_side(shapes, colours, depth):
    return 2 * (shapes + colours) * depth


@answer(points=1, rule=choice("word_only", "both", "caption_only", "neither"))
def able():
    return "word_only"


@able.misconception
def network_guesses():
    return "both"


@able.misconception
def own_vector_is_better():
    return "caption_only"


@able.misconception
def only_what_was_seen():
    return "neither"


@answer(points=1, rule=choice("parts_trained", "fewer_parameters", "noise", "memory"))
def why():
    return "parts_trained"


@why.misconception
def small_is_enough():
    return "fewer_parameters"


@why.misconception
def chance():
    return "noise"


@why.misconception
def remembered():
    return "memory"


@answer(points=1, rule=choice("untrained_vector", "no_vector", "zero_noise", "error"))
def asked_anyway():
    return "untrained_vector"


@asked_anyway.misconception
def vector_missing():
    return "no_vector"


@asked_anyway.misconception
def nothing_predicted():
    return "zero_noise"


@asked_anyway.misconception
def network_refuses():
    return "error"
