"""Describing the API changes nothing about the process that does it."""

import logging

from backend.api.app import HANDLERS
from backend.api.description import describe


def test_describing_leaves_logging_alone() -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    describe(HANDLERS)
    assert (root.level, list(root.handlers)) == before


def test_every_error_of_every_call_has_one_shape() -> None:
    for path, operations in describe(HANDLERS)["paths"].items():
        for operation in operations.values():
            content = operation["responses"]["default"]["content"]
            ours = "application/json" if path.startswith("/v1/") else "application/problem+json"
            assert list(content) == [ours], path
            assert "400" not in operation["responses"]
