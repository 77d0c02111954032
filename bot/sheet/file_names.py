"""What the workbooks of a reply are called; apart from what writes them, which is slow to import."""

import re

TEMPLATE_NAME = "Learner Upload.xlsx"
_OUR_ENDING = re.compile(r"(?: - (?:results|to fix))+$")


def annotated_name(name: str) -> str:
    """'March starters.xlsx' gives 'March starters - results.xlsx'."""
    return f"{_stem(name)} - results.xlsx"


def to_fix_name(name: str) -> str:
    """'March starters.xlsx' gives 'March starters - to fix.xlsx', and so does its own to-fix workbook."""
    return f"{_stem(name)} - to fix.xlsx"


def _stem(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1]
    stem = base.rpartition(".")[0] or base
    return _OUR_ENDING.sub("", stem).strip() or "Learners"
