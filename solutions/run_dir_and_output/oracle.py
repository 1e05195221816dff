def written(tag, epochs):
    """The names of the files that one run writes."""
    run_dir = f"./run/GTSRB_{tag}"
    each = f"{run_dir}/models/model-{{epoch:04d}}.keras"
    return {*(each.format(epoch=epoch) for epoch in range(1, epochs + 1)), f"{run_dir}/models/best.keras"}


def files(first, second, launches):
    disk = set()
    for tag, epochs in [("a", first)] * launches + [("b", second)]:
        disk |= written(tag, epochs)
    return len(disk)


def path(first, epoch, padded):
    here = {
        "right": f"./run/GTSRB_a/models/model-{padded}.keras",
        "no_padding": f"./run/GTSRB_a/models/model-{epoch}.keras",
        "no_run": f"./run/models/model-{padded}.keras",
        "other_run": f"./run/GTSRB_b/models/model-{padded}.keras",
        "no_folder": f"./run/GTSRB_a/model-{padded}.keras",
    }
    return next(name for name, file in here.items() if file in written("a", first))


# no oracle for kept: advice
