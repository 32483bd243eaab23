"""The bench touches nobody's own services."""

import pytest

from ops.load.stack_process import refuse_given_services
from ops.local.errors import StackError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://somebody@db.example/own"),
        ("APP_REDIS_URL", "redis://redis.example/0"),
        ("MARKET_BASE_URL", "http://127.0.0.1:9"),
    ],
)
def test_it_refuses_services_that_are_given(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(StackError, match=name):
        refuse_given_services()
