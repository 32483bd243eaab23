"""A port that is taken is named before anything is started."""

import socket

import pytest

from ops.local.errors import PortInUse
from ops.local.ports import check_free


def test_the_taken_port_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port} for the API .*PORT_OFFSET"):
            check_free([("Valkey", 0), ("the API", port)])


def test_an_offset_that_leads_past_the_last_port_is_named() -> None:
    with pytest.raises(PortInUse, match=r"Port 70000 for Postgres .*PORT_OFFSET"):
        check_free([("Postgres", 70_000)])


def test_a_port_that_was_just_let_go_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = listener.accept()
            accepted.close()  # closed first: this end waits out its last packets
    check_free([("the API", port)])
