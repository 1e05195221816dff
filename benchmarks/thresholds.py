"""Every table of docs/thresholds.md: recipes trained over seeds and judged as courses with several secrets would.

    OMP_NUM_THREADS=1 python benchmarks/thresholds.py [TABLE…]

Each run is kept in benchmarks/out/thresholds/ as soon as it is there: stopped, the same command goes on.
"""

from __future__ import annotations

import argparse
import platform
import sys
from importlib import import_module, metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout, installed or not

TABLES = ("mnist", "lenet", "beat_mlp", "transfer", "gtsrb", "fruits")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=TABLES, metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--seeds", type=int, default=16, help="per recipe (slow wrong ones take fewer)")
    parser.add_argument("--only", default="", help="recipes whose name contains this")
    asked = parser.parse_args()
    if unknown := set(asked.tables) - set(TABLES):
        parser.error(f"{', '.join(sorted(unknown))}: there are {', '.join(TABLES)}")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "torch", "keras"))
    print(f"Python {platform.python_version()}, {versions}", flush=True)
    for name in asked.tables:
        print(f"\n## {name}\n", flush=True)
        import_module(f"thresholds_{name}").table(asked.seeds, asked.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
