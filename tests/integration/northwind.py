"""Northwind, from the file that is handed to the project beside its tree: not part of it."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from backend.semantic.loading import load_model
from backend.semantic.model import SemanticModel
from tests.integration.three_engines import Relation

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "northwind"
MODEL_FILE = ROOT / "knowledge" / "northwind" / "sales.yaml"


@cache
def northwind_model() -> SemanticModel:
    return load_model(MODEL_FILE.read_text(encoding="utf-8"), MODEL_FILE.name)


def questions() -> list[dict[str, Any]]:
    """Empty where the file is not there."""
    path = FOLDER / "questions.json"
    if not path.exists():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["questions"]
    return found


def northwind_relations() -> Iterator[Relation]:
    """The tables of the dump that the model reads, with all their columns."""
    text = (FOLDER / "northwind.sql").read_text(encoding="utf-8")
    wanted = {table.relation for table in northwind_model().tables.values()}
    for match in re.finditer(r"CREATE TABLE (\w+) \((.*?)\n\);", text, re.DOTALL):
        name = match[1]
        if name in wanted:
            columns = dict(_column(line) for line in match[2].strip().splitlines())
            inserts = re.findall(rf"^INSERT INTO {name} VALUES \((.*)\);$", text, re.MULTILINE)
            kinds = list(columns.values())
            yield Relation(
                name=name,
                columns=columns,
                rows=[tuple(map(_value, _fields(insert), kinds)) for insert in inserts],
            )


def _column(line: str) -> tuple[str, str]:
    name, kind = line.strip().rstrip(",").replace(" NOT NULL", "").split(" ", 1)
    kind = "text" if kind.startswith("character") or kind == "bytea" else kind
    return name, kind


def _fields(insert: str) -> list[exp.Expr]:
    tree = sqlglot.parse_one(f"SELECT {insert}", dialect="postgres")
    return list(tree.expressions)


def _value(node: exp.Expr, kind: str) -> Any:
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Neg):
        return -float(node.this.name)
    if kind == "date":
        return date.fromisoformat(node.name)
    if kind == "real":
        return float(node.name)
    return node.name if kind == "text" else int(node.name)
