from collections import Counter


def class_counts(labels, classes):
    counts = Counter(int(label) for label in labels)
    return [counts[k] for k in range(classes)]


def imbalance(labels, classes):
    counts = sorted(class_counts(labels, classes))
    return counts[-1] / counts[0]


def aspect_ratios(images):
    ratios = []
    for image in images:
        height, width = image.shape[:2]
        ratios.append(width / height)
    return ratios


def overview(labels, classes):
    first = {}
    for place, label in enumerate(labels):
        first.setdefault(int(label), place)
    return [first[k] for k in range(classes)]
