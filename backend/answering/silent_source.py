"""A source of which not even names could be read: for this turn it stays silent.

Without names a question is only half read. Were the source to come back between the reading and the
tool, half a question would be answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.domain.errors import SourceUnavailable
from backend.domain.sales import MetricQuery, MetricTable
from backend.semantic.layer import SemanticLayer
from backend.semantic.model import SemanticModel


@dataclass(frozen=True, slots=True)
class SilentLayer:
    """Stands in for the semantic layer before the tools."""

    layer: SemanticLayer

    @property
    def model(self) -> SemanticModel:
        return self.layer.model

    @property
    def last_read_at(self) -> datetime | None:
        return self.layer.last_read_at

    def answer(
        self,
        query: MetricQuery,
        *,
        role: str,
        attributes: Mapping[str, str],
        permitted_roles: frozenset[str],
    ) -> MetricTable:
        raise SourceUnavailable

    def find_value(
        self, dimension: str, text: str, *, role: str, attributes: Mapping[str, str]
    ) -> tuple[str, ...]:
        raise SourceUnavailable
