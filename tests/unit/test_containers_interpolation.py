"""Variables of a compose file are read as Docker Compose reads them."""

import pytest

from ops.containers.interpolation import VariableMissing, interpolated

GIVEN = {"SET": "value", "EMPTY": ""}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("$SET and ${SET}", "value and value"),
        ("$ABSENT${EMPTY}", ""),
        ("a $$SET b", "a $SET b"),
        ("${SET:-other}", "value"),
        ("${EMPTY:-other}", "other"),
        ("${EMPTY-other}", ""),
        ("${ABSENT-other}", "other"),
        ("${ABSENT:-a${SET}b}c", "avaluebc"),
        ("${ABSENT:-${EMPTY:-deep}}", "deep"),
        ("${SET:?must be set}", "value"),
        ("${EMPTY?must be set}", ""),
        # A default that is not used is not read.
        ("${SET:-${ABSENT:?must be set}}", "value"),
    ],
)
def test_a_variable_has_its_value_or_its_default(written: str, read: str) -> None:
    assert interpolated(written, GIVEN) == read


@pytest.mark.parametrize(
    "written",
    ["${EMPTY:?it is needed}", "${ABSENT?it is needed}", "${ABSENT:-${EMPTY:?it is needed}}"],
)
def test_a_missing_variable_stops_with_what_the_file_says(written: str) -> None:
    with pytest.raises(VariableMissing, match=r"^it is needed$"):
        interpolated(written, GIVEN)


@pytest.mark.parametrize("written", ["${SET", "costs 5$", "${1}", "${SET:-${ABSENT}"])
def test_what_is_no_variable_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"brace|dollar|name"):
        interpolated(written, GIVEN)
