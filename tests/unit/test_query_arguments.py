"""A query survives its JSON form, and anything that is not one is refused by name."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery
from backend.semantic.query_arguments import query_from_arguments, query_to_arguments

NAMES = st.lists(st.text(min_size=1, max_size=8), max_size=3).map(tuple)
QUERIES = st.builds(
    MetricQuery,
    metrics=NAMES.filter(bool),
    dimensions=NAMES,
    filters=st.dictionaries(st.text(min_size=1, max_size=8), NAMES, max_size=2),
    from_date=st.none() | st.dates(),
    to_date=st.none() | st.dates(),
    grain=st.none() | st.sampled_from(["day", "week", "month", "quarter", "year"]),
    order=st.none() | st.sampled_from(["asc", "desc"]),
    order_by=st.none() | st.text(min_size=1, max_size=8),
    limit=st.none() | st.integers(1, 1000),
)


@given(QUERIES)
def test_comes_back_as_it_went(query: MetricQuery) -> None:
    arguments = query_to_arguments(query)

    assert query_from_arguments(json.loads(json.dumps(arguments))) == query


def test_says_nothing_of_what_is_not_asked() -> None:
    query = MetricQuery(metrics=("revenue",), to_date=date(2026, 10, 31))

    assert query_to_arguments(query) == {"metrics": ["revenue"], "to": "2026-10-31"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({}, "metrics"),
        ({"metrics": []}, "metrics"),
        ({"metrics": "revenue"}, "metrics"),
        ({"metrics": [1]}, "metrics"),
        ({"metrics": None}, "metrics"),
        ({"metrics": ["revenue"], "sql": "select 1"}, "sql"),
        ({"metrics": ["revenue"], "dimensions": "region"}, "dimensions"),
        ({"metrics": ["revenue"], "filters": ["Sul"]}, "filters"),
        ({"metrics": ["revenue"], "filters": {"region": "Sul"}}, "filters.region"),
        ({"metrics": ["revenue"], "filters": {"region": [None]}}, "filters.region"),
        ({"metrics": ["revenue"], "from": "01/10/2026"}, "from"),
        ({"metrics": ["revenue"], "from": "20261001"}, "from"),
        ({"metrics": ["revenue"], "to": 20261001}, "to"),
        ({"metrics": ["revenue"], "to": "2026-02-30"}, "to"),
        ({"metrics": ["revenue"], "grain": "hour"}, "grain"),
        ({"metrics": ["revenue"], "order": "down"}, "order"),
        ({"metrics": ["revenue"], "order_by": ["revenue"]}, "order_by"),
        ({"metrics": ["revenue"], "limit": 0}, "limit"),
        ({"metrics": ["revenue"], "limit": True}, "limit"),
        ({"metrics": ["revenue"], "limit": 2.5}, "limit"),
        ({"metrics": ["revenue"], "limit": "5"}, "limit"),
    ],
)
def test_is_refused_by_name(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(SalesQueryInvalid, match=f"'{named}'"):
        query_from_arguments(arguments)
