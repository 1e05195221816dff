"""Kinds of answers an exercise may ask for: how each is handed out, read and scored."""

from __future__ import annotations

from grader.rules.base import Missing, here
from grader.rules.choosing import choice, choices, matching, ordering
from grader.rules.formulas import Formula, formula
from grader.rules.numbers import decimal, grid, shape, table, whole

__all__ = [
    "Formula",
    "Missing",
    "choice",
    "choices",
    "decimal",
    "formula",
    "grid",
    "here",
    "matching",
    "ordering",
    "shape",
    "table",
    "whole",
]
