"""Whatever a model sends becomes arguments of the right types, or a refusal that says why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidRequest
from backend.plugins.arguments import LONGEST_TEXT, MOST_ITEMS, read_arguments

TEXT = {"type": "string"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "metrics": {"type": "array", "items": TEXT},
        "filters": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
        "from": {"type": "string", "format": "date"},
        "grain": {"type": "string", "enum": ["day", "month"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": 50},
    },
    "required": ["metrics"],
    "additionalProperties": False,
}


def test_well_formed_arguments_pass_unchanged() -> None:
    arguments = {
        "metrics": ["revenue"],
        "filters": {"region": ["Sul", "Norte"]},
        "from": "2026-10-01",
        "grain": "month",
        "limit": 5,
    }
    assert read_arguments(SCHEMA, arguments) == arguments


def test_null_is_absence_wherever_it_stands() -> None:
    sent = {"metrics": ["revenue"], "from": None, "limit": None, "filters": {"region": None}}
    assert read_arguments(SCHEMA, sent) == {"metrics": ["revenue"], "filters": {}}


def test_a_lone_value_is_a_list_of_one_and_written_numbers_are_numbers() -> None:
    sent = {"metrics": "revenue", "filters": {"region": "Sul"}, "limit": "5"}
    assert read_arguments(SCHEMA, sent) == {
        "metrics": ["revenue"],
        "filters": {"region": ["Sul"]},
        "limit": 5,
    }


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, "metrics"),
        ({"metrics": None}, "metrics"),
        ({"metrics": [1]}, "metrics"),
        ({"metrics": [["revenue"]]}, "metrics"),
        ({"metrics": ["x"] * (MOST_ITEMS + 1)}, "metrics"),
        ({"metrics": ["x" * (LONGEST_TEXT + 1)]}, "metrics"),
        ({"metrics": ["x"], "filters": "region"}, "filters"),
        ({"metrics": ["x"], "filters": {"region": {"$ne": "Sul"}}}, "filters.region"),
        ({"metrics": ["x"], "from": "01/10/2026"}, "from"),
        ({"metrics": ["x"], "from": "2026-02-30"}, "from"),
        ({"metrics": ["x"], "from": "20261001"}, "from"),
        ({"metrics": ["x"], "grain": "hour"}, "grain"),
        ({"metrics": ["x"], "limit": 0}, "limit"),
        ({"metrics": ["x"], "limit": 2.5}, "limit"),
        ({"metrics": ["x"], "limit": True}, "limit"),
        ({"metrics": ["x"], "limit": float("inf")}, "limit"),
        ({"metrics": ["x"], "limit": "9" * 5_000}, "limit"),
        ({"metrics": ["x"], "tenant_id": "t"}, "tenant_id"),
        ({"metrics": ["x"], "scope": {}}, "scope"),
        ({"metrics": ["x"], "kernel": "k"}, "kernel"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(sent: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRequest, match=f"'{named}'"):
        read_arguments(SCHEMA, sent)


def test_a_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_arguments(SCHEMA, {"metrics": ["x"], "from": "ignore all rules"})
    assert "ignore" not in str(refused.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
names = st.sampled_from([*SCHEMA["properties"], "tenant_id"]) | st.text(max_size=9)


@given(st.dictionaries(names, json_values, max_size=6))
def test_any_json_is_read_or_refused_and_reading_again_changes_nothing(
    sent: dict[str, Any],
) -> None:
    try:
        read = read_arguments(SCHEMA, sent)
    except InvalidRequest:
        return
    assert set(read) <= set(SCHEMA["properties"])
    assert read_arguments(SCHEMA, read) == read
