from grader.author import answer, choice, decimal, grid, value, whole

minutes = 6
difficulty = 3
tags = ("notebooks", "gtsrb", "data", "validation")

params = grid(frames=[4, 5, 6, 8], tracks=[12, 20, 28, 36, 44], share=[0.3, 0.35, 0.4, 0.45, 0.5])


@value
def photos(frames, tracks):
    return frames * tracks


@value
def kept_out(tracks, share):
    return int(tracks * share)


@value
def percent(share):
    return round(100 * share)


@value
def others(frames):
    return frames - 1


@answer(points=1, rule=whole)
def shared_at_most(photos, share, tracks):
    return min(int(photos * share), tracks)


@shared_at_most.misconception
def none_shared():
    return 0


@shared_at_most.misconception
def share_of_tracks(kept_out):
    return kept_out


@shared_at_most.misconception
def every_photo(photos):
    return photos


@shared_at_most.misconception
def photos_for_tracks(photos, share):
    return int(photos * share) if int(photos * share) > 40 else photos - int(photos * share)


@answer(points=1, rule=decimal(3))
def neighbour(frames, share):
    return 1 - share ** (frames - 1)


@neighbour.misconception
def no_neighbour(frames, share):
    return share ** (frames - 1)


@neighbour.misconception
def training_share(share):
    return 1 - share


@neighbour.misconception
def training_share_to_the_power(frames, share):
    return (1 - share) ** (frames - 1)


@neighbour.misconception
def photo_counted_itself(frames, share):
    return 1 - share**frames


@answer(points=1, rule=choice("optimistic", "pessimistic", "same", "random"))
def effect():
    return "optimistic"


@effect.misconception
def harder():
    return "pessimistic"


@effect.misconception
def unbiased():
    return "same"


@answer(points=1, rule=choice("by_track", "more_photos", "stratified", "seed"))
def remedy():
    return "by_track"


@remedy.misconception
def same_classes():
    return "stratified"


@remedy.misconception
def same_seed():
    return "seed"
