"""Whether a data source can be used: its engine, its model, its place, its login, its tables.

Everything that is wrong is said at once, in words that help; none of them repeats the login.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from backend.domain.errors import SourceUnavailable
from backend.semantic.compile import Compiled
from backend.semantic.engine import EXECUTED, Engine
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import ModelInvalid, load_model
from backend.semantic.model import SemanticModel
from backend.semantic.source import ClientDatabase, Result
from backend.semantic.source_file import SourceRefused

#: For all the questions about a model together; the last of them may take its own time-out more.
MODEL_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable: engine_not_executed, model_invalid, source_refused, source_unreachable,
    source_too_slow, login_can_write, model_misfit.
    """

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """`read_only` is None where nobody could be asked."""

    problems: tuple[Problem, ...]
    connected: bool = False
    read_only: bool | None = None


def examine(dsn: str, engine: str, model_text: str, directories: Sequence[Path]) -> Examination:
    """All that speaks against using this source; nothing is stored. Ends within some 20 seconds."""
    kind = Engine(engine)
    if kind not in EXECUTED:
        return Examination(
            problems=(
                Problem(
                    "engine_not_executed",
                    f"{engine}: statements for it are compiled and tested as text, but were never "
                    "executed on such a server; use postgresql, sqlite or duckdb",
                ),
            )
        )
    problems: list[Problem] = []
    model: SemanticModel | None = None
    try:
        model = load_model(model_text)
    except ModelInvalid as error:
        problems += [Problem("model_invalid", each) for each in error.problems]
    try:
        database = ClientDatabase(dsn, kind, directories)
    except SourceRefused as error:
        return Examination(problems=(*problems, Problem("source_refused", str(error))))
    try:
        return _examined(database, model, problems)
    finally:
        database.close()


def _examined(
    database: ClientDatabase, model: SemanticModel | None, problems: list[Problem]
) -> Examination:
    reason = database.unreachable()
    if reason is not None:
        return Examination(problems=(*problems, Problem("source_unreachable", reason)))
    try:
        writable = database.writable()
        problems += [
            Problem("login_can_write", f"the login must only read, but it {each}")
            for each in writable
        ]
        if model is not None:
            problems += _misfits(model, database)
    except SourceUnavailable:
        late = Problem("source_unreachable", "the database stopped answering while it was asked")
        return Examination(problems=(*problems, late))
    return Examination(problems=tuple(problems), connected=True, read_only=not writable)


def _misfits(model: SemanticModel, database: ClientDatabase) -> list[Problem]:
    timed = _Timed(database)
    try:
        misfits = list(SemanticLayer(model, timed, "examined", database.engine).misfits())
    except SourceUnavailable:
        misfits = [
            "none of its tables can be read with this login; check their names and schemas,"
            " and the login's rights"
        ]
    if timed.late:
        # What was not asked any more would look like something that cannot be read.
        slow = "it takes too long to read one row of each table; ask for fewer tables, or a replica"
        return [Problem("source_too_slow", slow)]
    return [Problem("model_misfit", each) for each in misfits]


class _Timed:
    """A database that is asked nothing more when the time is over."""

    def __init__(self, database: ClientDatabase) -> None:
        self._database = database
        self._until = monotonic() + MODEL_SECONDS
        self.late = False

    def run(self, compiled: Compiled) -> Result:
        if monotonic() >= self._until:
            self.late = True
            raise SourceUnavailable
        return self._database.run(compiled)
