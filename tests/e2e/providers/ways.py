"""For which providers a test runs, and how its questions are asked."""

import pytest

from tests.e2e.providers.talk import in_a_socket, reading, waiting

every_way = pytest.mark.parametrize("ask", [waiting, reading, in_a_socket])
both_ways = pytest.mark.parametrize("ask", [waiting, in_a_socket])


def only(*names: str) -> pytest.MarkDecorator:
    """For what no provider's wire makes a difference to."""
    return pytest.mark.parametrize("provider", names, indirect=True)
