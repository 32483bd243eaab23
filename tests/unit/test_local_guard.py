"""No test can reach beyond this machine, so no test can ask a real model."""

import os
import socket
import warnings

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.conftest import MODEL_VARIABLES


# 192.0.2.1 is set aside for documentation: nothing is there to be reached.
@pytest.mark.parametrize("host", ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"])
def test_a_connection_to_another_machine_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(SocketConnectBlockedError):
            connection.connect((host, 443))


def test_no_provider_is_configured_by_accident() -> None:
    assert not {name for name in MODEL_VARIABLES if name in os.environ}
