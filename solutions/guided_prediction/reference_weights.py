def guided(with_caption, without, s):
    return s * with_caption + (1 - s) * without


def drop_captions(captions, rate, draws, empty):
    kept = captions.copy()
    kept[draws < rate] = empty
    return kept
