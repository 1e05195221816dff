# fails: goes_beyond_the_caption, tiny_guidance
import numpy as np


def guided(with_caption, without, s):
    return without + min(s, 1) * (with_caption - without)


def drop_captions(captions, rate, draws, empty):
    return np.where(draws < rate, empty, captions)
