"""Whatever bytes come in: a value that can be stored, or a reason."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.api.strict_json import LARGEST_INTEGER, parse_json
from backend.domain.errors import InvalidRequest

_TEXT = some.text(
    some.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30
)
_VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | some.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES, some.booleans())
def test_what_can_be_stored_comes_through_unchanged(value: Any, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(
    some.binary(max_size=200)
    | some.text(max_size=100).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_anything_else_is_refused_with_a_reason_and_nothing_else_is_raised(raw: bytes) -> None:
    try:
        value = parse_json(raw)
    except InvalidRequest as error:
        reason = str(error)
        assert reason.startswith("The body")
    else:
        assert parse_json(json.dumps(value)) == value


@given(_VALUES, some.sampled_from(["\x00", "\ud800", "\udfff", "a\x00b"]))
def test_text_that_cannot_be_stored_is_found_wherever_it_is(value: Any, bad: str) -> None:
    for holder in ({"a": [value, bad]}, {bad: value}, [{"b": {"c": bad}}, value]):
        with pytest.raises(InvalidRequest):
            parse_json(json.dumps(holder))


@pytest.mark.parametrize("depth", [17, 1_000, 100_000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_bounded(begin: str, end: str, depth: int) -> None:
    with pytest.raises(InvalidRequest, match="nested"):
        parse_json(begin * depth + "1" + end * depth)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "-1e999",
        "9" * 5_000,
        str(2**63),
        '{"a":1,"a":1}',
        "﻿1",
    ],
)
def test_what_other_parsers_let_pass(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_json(text)
