# no oracle for order: the steps are those of the papers of 2014, 2015 and 2016; nothing computes them


def passes(detector, images, regions):
    """What enters the body of the network, one thing at a time."""
    runs = 0
    for _ in range(images):
        entering = range(regions) if detector == "R-CNN" else ["the whole image"]
        runs += sum(1 for _ in entering)
    return runs
