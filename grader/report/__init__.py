"""What a class did with an assignment: its marks, its questions, its ideas, its variants."""

from __future__ import annotations

from grader.report.facts import Facts, collect
from grader.report.lines import BY_HAND, Row, as_csv, one_line, rows, total
from grader.report.page import as_page
from grader.report.plain import as_json

__all__ = ["BY_HAND", "Facts", "Row", "as_csv", "as_json", "as_page", "collect", "one_line", "rows", "total"]
