import random


def split(labels, tracks, share, seed):
    groups = {}
    for place, key in enumerate(zip(labels.tolist(), tracks.tolist())):
        groups.setdefault(key, []).append(place)
    chance = random.Random(seed)
    train, val = [], []
    for label in sorted({key[0] for key in groups}):
        members = sorted(key for key in groups if key[0] == label)
        chance.shuffle(members)
        cut = max(1, int(share * len(members) + 0.5))
        for rank, key in enumerate(members):
            (val if rank < cut else train).extend(groups[key])
    return train, val
