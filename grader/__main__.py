"""``python -m grader``: the command."""

from grader.cli import main

main()
