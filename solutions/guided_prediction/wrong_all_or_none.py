# fails: drops_the_rate_asked, empties_the_captions_drawn, empties_with_the_number_given, tiny_dropout
import numpy as np


def guided(with_caption, without, s):
    return without + s * (with_caption - without)


def drop_captions(captions, rate, draws, empty):
    return np.where(draws[0] < rate, empty, captions)
