"""A course put away and taken out again, and what its retention lets go of."""

from grader.keeping.archive import Saved, backup, restore
from grader.keeping.purge import Purged, purge

__all__ = ["Purged", "Saved", "backup", "purge", "restore"]
