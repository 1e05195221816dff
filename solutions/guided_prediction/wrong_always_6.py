# fails: empties_with_the_number_given
import numpy as np


def guided(with_caption, without, s):
    return without + s * (with_caption - without)


def drop_captions(captions, rate, draws, empty):
    return np.where(draws < rate, 6, captions)
