"""What a sandbox has ready before the first student's cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.sandbox.cards import Card


@dataclass(frozen=True, slots=True)
class Stock:
    """Modules imported, public data by name, a card, and cells of ours compiled once for all sessions."""

    preload: tuple[str, ...] = ()
    data: Mapping[str, Path] = field(default_factory=dict)
    card: Card | None = None
    cells: tuple[str, ...] = ()

    def settings(self, data: Mapping[str, str]) -> dict[str, object]:
        """For the worker; ``data`` says where each set lies as the worker sees it."""
        card = self.card.settings() if self.card else None
        return {"preload": list(self.preload), "data": dict(data), "card": card}
