"""Do what the door asks: read a question, query metrics, list what there is, examine a source.

What cannot be answered is refused with a stable code; the door decides what that is in HTTP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import structlog

from backend.answering.world import Source, World
from backend.domain.errors import ClaimLost, NotFound, SalesCrewError, StoreUnavailable
from backend.domain.events import EventKind, TurnEvent
from backend.domain.identity import Role
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable
from backend.jobs.catalog import catalog_of
from backend.jobs.guidance import guidance
from backend.jobs.recollection import recollection
from backend.semantic.examination import Examination, Problem, examine
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import ModelInvalid
from backend.semantic.query_arguments import query_from_arguments, query_to_arguments
from backend.store import errands, views
from backend.store.errands import Errand, Refusal
from backend.store.seal import Seal, SealBroken
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)

#: Who asks for the company's figures through the console sees what a manager sees.
OPERATOR = Role.MANAGER


@dataclass(frozen=True, slots=True)
class Errands:
    """The handler of errands. A client's files lie in `directories`, or are refused."""

    world: World
    seal: Seal
    directories: Sequence[Path]

    def run(self, claim: Claim) -> Claim | None:
        """Do it and record how it ended. Raises ClaimLost, StoreUnavailable."""
        with self.world.database.tenant(claim.tenant_id) as conn:
            errand = errands.find(conn, claim)
        if errand is None:
            # Whoever asked has gone.
            errands.answer(self.world.database, claim, None)
            return None
        try:
            told = self._answer(claim, errand)
        except (ClaimLost, StoreUnavailable):
            raise
        except SalesCrewError as error:
            problems = error.problems if isinstance(error, ModelInvalid) else ()
            self.refuse(claim, Refusal(code=error.code, detail=str(error), problems=problems))
            return None
        errands.answer(self.world.database, claim, told)
        self._tell(claim)
        log.info("errand.answered", kind=errand.kind)
        return None

    def fail(self, claim: Claim, error_code: str) -> None:
        """Close what could not be done on any attempt. Raises ClaimLost, StoreUnavailable."""
        self.refuse(claim, Refusal(code=error_code, detail="This could not be looked up."))

    def refuse(self, claim: Claim, refusal: Refusal) -> None:
        errands.refuse(self.world.database, claim, refusal)
        self._tell(claim)
        log.info("errand.refused", code=refusal.code)

    def _tell(self, claim: Claim) -> None:
        """Wake whoever waits; what was found is in the row, for it may be large."""
        ended = TurnEvent(kind=EventKind.ERRAND_ENDED, attempt=claim.attempt, seq=1, data={})
        self.world.publish(claim.subject_id, [ended])

    def _answer(self, claim: Claim, errand: Errand) -> Any:
        asked = errand.asked
        if errand.kind == "examine":
            return _examined(self._examine(errand))
        if errand.kind == "parse":
            return self._parse(claim, asked)
        if errand.kind == "recall":
            return recollection(self.world, claim.tenant_id, asked)
        if errand.kind == "guidance":
            return guidance(self.world, claim.tenant_id, asked)
        with self.world.database.tenant(claim.tenant_id) as conn:
            opens = self.world.sources.find(conn, claim.tenant_id, asked.get("data_source"))
        with self.world.aside():
            layer = _layer(opens())
            if errand.kind == "query":
                return _queried(layer, query_from_arguments(asked))
            return catalog_of(layer.model)

    def _examine(self, errand: Errand) -> Examination:
        try:
            dsn = self.seal.open(errand.sealed or b"")
        except SealBroken as error:
            return Examination(problems=(Problem(error.code, str(error)),))
        engine, model = errand.asked["engine"], errand.asked["model"]
        with self.world.aside():
            return examine(dsn, engine, model, self.directories)

    def _parse(self, claim: Claim, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        with self.world.database.tenant(claim.tenant_id) as conn:
            opens = self.world.sources.find(conn, claim.tenant_id, asked.get("data_source"))
            previous = None
            if asked.get("conversation_id") is not None:
                previous = views.last_query(conn, claim.tenant_id, asked["conversation_id"])
        with self.world.aside():
            source = opens()
        _layer(source)
        reading = source.parser.read(
            asked["question"],
            today=self.world.today(),
            previous=query_from_arguments(previous) if previous else None,
            # "pt-BR" is read as "pt".
            language=Language((asked.get("language") or Language.PORTUGUESE)[:2]),
        )
        return {
            "query": query_to_arguments(reading.query) if reading.query else None,
            "complete": reading.complete,
            "not_understood": list(reading.not_understood),
            "readings": [query_to_arguments(each) for each in reading.readings],
            "language": reading.language,
            "follow_up": reading.follow_up,
        }


def _layer(source: Source) -> SemanticLayer:
    if source.layer is None:
        raise NotFound("There is no such data source here")
    return source.layer


def _queried(layer: SemanticLayer, query: MetricQuery) -> Mapping[str, Any]:
    table = layer.answer(
        query, role=OPERATOR, attributes={}, permitted_roles=frozenset({OPERATOR.value})
    )
    rows = [{name: _plain(value) for name, value in row.items()} for row in table.rows]
    return {"rows": rows, "sql": table.sql, "provenance": _provenance(layer, table, rows)}


def _provenance(
    layer: SemanticLayer, table: MetricTable, rows: list[dict[str, Any]]
) -> Mapping[str, Any]:
    """Where the rows come from. The hash is of the statement and the rows it gave."""
    query = query_to_arguments(table.query)
    digest = sha256(msgspec.json.encode([table.sql, rows])).hexdigest()
    return {
        "metrics": query["metrics"],
        "filters": query.get("filters", {}),
        "exclude": query.get("exclude", {}),
        "from": query.get("from"),
        "to": query.get("to"),
        "time_zone": layer.model.time_zone,
        "currency": layer.model.currency,
        "source": table.source,
        "model_version": table.model_version,
        "read_at": table.read_at,
        "rows": len(rows),
        "truncated": table.truncated,
        "hash": digest,
    }


def _plain(value: Any) -> Any:
    """A cell as JSON has it: figures are numbers there."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def _examined(examination: Examination) -> Mapping[str, Any]:
    return {
        "connected": examination.connected,
        "read_only": examination.read_only,
        "problems": [{"code": each.code, "detail": each.detail} for each in examination.problems],
    }
