"""Put exercises/, solutions/ and templates/ inside the wheel, as grader/_content/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("exercises", "solutions", "templates")


class ContentHook(BuildHookInterface[Any]):
    """Runs when a wheel is built, from a checkout or from the source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises FileNotFoundError: a wheel without its content would install and then find no exercise."""
        if version == "editable":
            return  # a checkout reads its own folders; a copy would go stale
        for folder in FOLDERS:
            if not (Path(self.root) / folder).is_dir():
                raise FileNotFoundError(f"{self.root}: no {folder}/ to put in the wheel. Build from a whole checkout.")
            build_data["force_include"][folder] = f"grader/_content/{folder}"
