"""The words that a company's data brings with it: its regions, sellers, customers, products."""

from collections.abc import Mapping
from threading import Lock
from time import monotonic
from typing import Protocol

import structlog

from backend.domain.errors import SourceUnavailable
from backend.semantic.compile import Compiled, Compiler
from backend.semantic.model import SemanticModel
from backend.semantic.source import Result

log = structlog.get_logger(__name__)

# How soon a new customer can be asked about by name.
_KEPT_SECONDS = 300.0
# While the source is down, yesterday's names still tell what a question is about.
_KEPT_AFTER_FAILURE_SECONDS = 15.0


class Database(Protocol):
    def run(self, compiled: Compiled) -> Result: ...


class Members:
    """The members of every dimension that has some, read together and kept for minutes."""

    def __init__(
        self, model: SemanticModel, database: Database, compiler: Compiler | None = None
    ) -> None:
        self._model = model
        self._compiler = compiler or Compiler(model)
        self._database = database
        self._kept: Mapping[str, tuple[str, ...]] | None = None
        self._stale_at = float("-inf")
        self._lock = Lock()

    def of(self, dimension: str) -> tuple[str, ...]:
        """The members of one dimension, in order; empty if the model declares none."""
        return self.all().get(dimension, ())

    def all(self) -> Mapping[str, tuple[str, ...]]:
        """Dimension -> its members. Raises SourceUnavailable if they were never read.

        A first reading that failed is not tried again for some seconds: each would wait as long.
        """
        with self._lock:
            if monotonic() >= self._stale_at:
                self._refresh()
            if self._kept is None:
                raise SourceUnavailable
            return self._kept

    def _refresh(self) -> None:
        try:
            self._kept = {
                name: self._read(name)
                for name, dimension in self._model.dimensions.items()
                if dimension.members
            }
        except SourceUnavailable:
            self._stale_at = monotonic() + _KEPT_AFTER_FAILURE_SECONDS
        else:
            self._stale_at = monotonic() + _KEPT_SECONDS

    def _read(self, dimension: str) -> tuple[str, ...]:
        result = self._database.run(self._compiler.members(dimension))
        if result.truncated:
            log.warning("members.truncated", dimension=dimension, kept=len(result.rows))
        return tuple(str(row[0]) for row in result.rows)
