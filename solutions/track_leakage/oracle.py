from itertools import product


def shared_at_most(frames, tracks, share):
    """Validation photos are spread over as many tracks as possible, one in each before a second in any."""
    photos = sorted((k, track) for track in range(tracks) for k in range(frames))
    validation = photos[: int(len(photos) * share)]
    training = photos[int(len(photos) * share) :]
    return len({track for _, track in validation} & {track for _, track in training})


def neighbour(frames, share):
    """Every way of placing the other photos: 1 is validation."""
    return sum(
        share ** sum(place) * (1 - share) ** (frames - 1 - sum(place))
        for place in product((0, 1), repeat=frames - 1)
        if not all(place)
    )


# no oracle for effect: a consequence, shown by training, not by a computation
# no oracle for remedy: a choice of method; nothing computes it
