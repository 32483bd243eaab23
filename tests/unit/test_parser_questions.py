"""Everyday questions in three languages mean exactly one query, or are not claimed to be read."""

import pytest

from tests.unit.parser_questions import Case, arguments, cases, read

CASES = list(cases())
READ = [case for case in CASES if case.expected is not None]
UNREAD = [case for case in CASES if case.expected is None]


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_means_exactly_this_query(case: Case) -> None:
    reading = read(case.question, case.today, case.follows)

    assert arguments(reading) == case.expected
    assert reading.not_understood == ()
    assert reading.complete
    assert reading.follow_up == (case.follows is not None)


@pytest.mark.parametrize("case", UNREAD, ids=lambda case: case.name)
def test_says_which_words_it_could_not_read(case: Case) -> None:
    reading = read(case.question, case.today, case.follows)

    assert reading.not_understood == case.left
    assert not reading.complete
