"""Ports that nothing listens on, for a stack beside whatever else runs here."""

import random

from ops.local.errors import PortInUse
from ops.local.ports import Ports, check_free

STANDARD_PORTS = Ports(api=8000, metrics=9191)


def free_offset() -> int:
    """A number by which all ports can be moved, as PORT_OFFSET moves them."""
    for _ in range(50):
        offset = random.randrange(1_000, 20_000)
        ports = STANDARD_PORTS.moved(offset)
        try:
            check_free([("a test", each) for each in _each(ports)])
        except PortInUse:
            continue
        return offset
    raise AssertionError("no free ports were found")


def free_port() -> int:
    return STANDARD_PORTS.moved(free_offset()).metrics


def _each(ports: Ports) -> tuple[int, ...]:
    return (ports.api, ports.metrics, ports.console, ports.postgres, ports.valkey)
