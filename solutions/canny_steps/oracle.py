# no oracle for found_by_training: a fact, not a computation


def steps():
    """A topological order of what each step needs."""
    needs = {
        "gradient": ["smooth"],
        "thin": ["gradient"],
        "thresholds": ["thin"],
        "hysteresis": ["thresholds"],
        "smooth": [],
    }
    done = []
    while len(done) < len(needs):
        done += [step for step, before in needs.items() if step not in done and all(b in done for b in before)][:1]
    return tuple(done)


def kept(magnitudes, low, high):
    """From each strong pixel, walk."""
    cells = {(i, j): int(m) for i, row in enumerate(magnitudes) for j, m in enumerate(row)}
    edges, open_ = set(), [cell for cell, m in cells.items() if m >= high]
    while open_:
        i, j = open_.pop()
        edges.add((i, j))
        around = [(i + a, j + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
        open_ += [cell for cell in around if cells.get(cell, 0) >= low and cell not in edges]
    return len(edges)
