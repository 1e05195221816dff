# fails: goes_beyond_the_caption, scale_0_is_the_other_prediction, scale_1_is_the_captioned_prediction, tiny_guidance
import numpy as np


def guided(with_caption, without, s):
    return with_caption + s * (without - with_caption)


def drop_captions(captions, rate, draws, empty):
    return np.where(draws < rate, empty, captions)
