"""Each block, as the names it reads and makes: whatever can run, runs, the last of the printed list first."""

READS = {
    "curves": {"history"},
    "evaluate": {"x_test scaled", "fitted"},
    "fit": {"x_train scaled", "x_train shaped", "compiled"},
    "compile": {"model"},
    "build": set(),
    "scale": {"x_max", "x_train", "x_test"},
    "maximum": {"x_train"},
    "reshape": {"x_train", "x_test"},
    "load": set(),
}
MAKES = {
    "load": {"x_train", "x_test"},
    "reshape": {"x_train shaped"},
    "maximum": {"x_max"},
    "scale": {"x_train scaled", "x_test scaled"},
    "build": {"model"},
    "compile": {"compiled"},
    "fit": {"fitted", "history"},
}


def order():
    made, done = set(), []
    while len(done) < len(READS):
        name = next(name for name in READS if name not in done and READS[name] <= made)
        done.append(name)
        made |= MAKES.get(name, set())
    return tuple(done)
