"""Starts the warm parent: `python __main__.py CONTROL JSON`, with this folder alone on the machine's disk."""

import importlib.util
import os
import sys


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location("_worker", os.path.join(here, "__init__.py"))
    if spec is None or spec.loader is None:
        raise SystemExit("the worker's folder is not whole")
    spec.submodule_search_locations = [here]
    package = importlib.util.module_from_spec(spec)
    sys.modules["_worker"] = package
    spec.loader.exec_module(package)
    parent = importlib.import_module("_worker.parent")
    parent.main(sys.argv[1], sys.argv[2])


if __name__ == "__main__":
    main()
