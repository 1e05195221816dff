"""An assignment being put together: exercises in an order, their points, and what that adds up to."""

from grader.building.draft import Draft, Entry, exercises, load, named, opened, save
from grader.building.sums import Sums, sums

__all__ = ["Draft", "Entry", "Sums", "exercises", "load", "named", "opened", "save", "sums"]
