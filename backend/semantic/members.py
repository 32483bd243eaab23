"""The words that a company's data brings with it: its regions, sellers, customers, products."""

from collections.abc import Callable, Mapping
from threading import Lock, Thread
from time import monotonic
from typing import Protocol

import structlog

from backend.domain.errors import SourceUnavailable
from backend.semantic.alike import MOST, alike
from backend.semantic.compile import Compiled, Compiler
from backend.semantic.model import SemanticModel
from backend.semantic.source import Result

log = structlog.get_logger(__name__)

# How soon a new customer can be asked about by name.
_KEPT_SECONDS = 300.0
# After a night without a question, names are read before it is answered rather than behind it.
_TOO_OLD_SECONDS = 3600.0
# While the source is down, yesterday's names still tell what a question is about.
_KEPT_AFTER_FAILURE_SECONDS = 15.0
# For somebody else's first reading: longer, and all of a tenant's threads would wait for one source.
_PATIENCE_SECONDS = 2.0
#: One list that takes too long is a large one; two in a row are a source that is not there.
_MOST_FAILURES = 2


class Database(Protocol):
    def run(self, compiled: Compiled) -> Result: ...


def _aside(work: Callable[[], None]) -> None:
    Thread(target=work, name="members", daemon=True).start()


class Members:
    """The members of every dimension that has some, read together and kept for minutes. Thread-safe."""

    def __init__(
        self,
        model: SemanticModel,
        database: Database,
        compiler: Compiler | None = None,
        aside: Callable[[Callable[[], None]], None] = _aside,
    ) -> None:
        """`aside` does a piece of work while its caller goes on."""
        self._model = model
        self._compiler = compiler or Compiler(model)
        self._database = database
        self._aside = aside
        self._kept: Mapping[str, tuple[str, ...]] | None = None
        self._cut: frozenset[str] = frozenset()
        self._read_at = self._stale_at = float("-inf")
        self._reading = Lock()

    def of(self, dimension: str) -> tuple[str, ...]:
        """The members of one dimension, in order; empty if the model declares none."""
        return self.all().get(dimension, ())

    def all(self) -> Mapping[str, tuple[str, ...]]:
        """Dimension -> its members; the same object until they change.

        What is some minutes old is told, and read anew behind the question. Raises SourceUnavailable
        if they were never read: a first reading that failed is not tried again for some seconds, as
        each would wait as long.
        """
        now = monotonic()
        if now >= self._stale_at:
            if self._kept is not None and now < self._read_at + _TOO_OLD_SECONDS:
                if self._reading.acquire(blocking=False):
                    self._begin()
            elif self._reading.acquire(timeout=_PATIENCE_SECONDS):
                self._refresh()
        if self._kept is None:
            raise SourceUnavailable
        return self._kept

    def is_whole(self, dimension: str) -> bool:
        """False where there are more members than are kept, or they took too long to read."""
        return dimension not in self._cut

    def like(self, dimension: str, text: str) -> tuple[str, ...]:
        """The few members that are most like a text, the best first.

        Where not all are kept, the source is asked for those that hold its words, or else its longest.
        Raises SourceUnavailable.
        """
        kept = self.of(dimension)
        if self.is_whole(dimension):
            return alike(text, kept)
        texts = dict.fromkeys((text, max(text.split(), key=len, default="")))
        asked = (self.holding(dimension, each) for each in texts)
        found = next(filter(None, asked), ())
        near = alike(text, tuple(dict.fromkeys((*kept, *found))))
        return tuple(dict.fromkeys((*near, *sorted(found, key=len))))[:MOST]

    def holding(self, dimension: str, text: str) -> tuple[str, ...]:
        """Members that hold every word of the text, asked of the source itself.

        Raises SourceUnavailable.
        """
        compiled = self._compiler.members_holding(dimension, text)
        if compiled is None:
            return ()
        return tuple(str(row[0]) for row in self._database.run(compiled).rows)

    def _begin(self) -> None:
        try:
            self._aside(self._refresh)
        except RuntimeError:  # no thread to be had now
            self._reading.release()

    def _refresh(self) -> None:
        """`_reading` is held, and let go of here."""
        try:
            # Whoever waited for it finds it done.
            if monotonic() >= self._stale_at:
                self._read_all()
        finally:
            self._reading.release()

    def _read_all(self) -> None:
        try:
            found = self._found()
        except SourceUnavailable:
            self._stale_at = monotonic() + _KEPT_AFTER_FAILURE_SECONDS
            return
        except BaseException:
            # A fault of ours is not tried again with every question either.
            self._stale_at = monotonic() + _KEPT_AFTER_FAILURE_SECONDS
            raise
        if found != self._kept:
            self._kept = found
        self._read_at = monotonic()
        self._stale_at = self._read_at + _KEPT_SECONDS

    def _found(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        cut: set[str] = set()
        failures = 0
        names = [name for name, each in self._model.dimensions.items() if each.members]
        for name in names:
            try:
                result = self._database.run(self._compiler.members(name))
            except SourceUnavailable:
                failures += 1
                if failures == min(_MOST_FAILURES, len(names)):
                    raise
                # Yesterday's names are better than none.
                found[name] = (self._kept or {}).get(name, ())
                cut.add(name)
                log.warning("members.unread", dimension=name)
                continue
            failures = 0
            found[name] = tuple(str(row[0]) for row in result.rows)
            if result.truncated:
                cut.add(name)
                log.warning("members.truncated", dimension=name, kept=len(result.rows))
        self._cut = frozenset(cut)
        return found
