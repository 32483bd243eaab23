"""What the parser reads, the semantic layer can compute."""

import pytest

from backend.semantic.compile import compile_query
from tests.unit.parser_questions import Case, cases, read
from tests.unit.semantic_model import MODEL


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.expected is not None], ids=lambda case: case.name
)
def test_a_complete_reading_compiles(case: Case) -> None:
    query = read(case.question, case.today, case.follows).query

    assert query is not None
    compiled = compile_query(MODEL, query)

    assert set(query.metrics) <= set(compiled.columns)
