"""SalesPlugin: certified figures of the tenant's own sales, computed by the semantic layer."""

import asyncio
from typing import Annotated, get_args

from semantic_kernel.functions import kernel_function

from backend.domain.errors import SalesNotPermitted, SalesQueryInvalid, SourceUnavailable
from backend.domain.sales import Grain
from backend.domain.trace import ToolOutcome
from backend.plugins.parameters import one_of, some_day, whole_number
from backend.plugins.sales_answer import refused, told
from backend.plugins.sales_catalog import catalog_of
from backend.plugins.scope import ScopeArgument, TurnScope
from backend.semantic.layer import SemanticLayer
from backend.semantic.query_arguments import query_from_arguments


class SalesPlugin:
    """What the sales analyst may ask. The model picks names and days; SQL and sums are ours."""

    @kernel_function(
        name="query_metrics",
        description=(
            "Certified sales figures of this company. Choose metrics, dimensions, filters and "
            "days; totals, ratios and ranks are computed. Quote figures exactly as returned."
        ),
    )
    async def query_metrics(  # noqa: PLR0913 - the signature is the tool's schema
        self,
        scope: ScopeArgument,
        metrics: Annotated[list[str], "Names of the metrics to compute."],
        dimensions: Annotated[list[str] | None, "Names of the dimensions to break down by."] = None,
        filters: Annotated[
            dict[str, list[str]] | None, "Dimension name -> the members to keep, as users say them."
        ] = None,
        from_: Annotated[
            str | None, some_day("First day, inclusive. Without days: all time.")
        ] = None,
        to: Annotated[str | None, some_day("Last day, inclusive.")] = None,
        grain: Annotated[
            str | None, one_of(get_args(Grain), "Break down by this unit of time.")
        ] = None,
        order: Annotated[str | None, one_of(("desc", "asc"), "desc: largest first.")] = None,
        order_by: Annotated[str | None, "A metric or dimension of this query to sort by."] = None,
        limit: Annotated[int | None, whole_number(1, 1_000, "Keep this many rows.")] = None,
    ) -> ToolOutcome:
        """Compute figures for the turn in `scope`."""
        given = {
            "metrics": metrics,
            "dimensions": dimensions,
            "filters": filters,
            "from": from_,
            "to": to,
            "grain": grain,
            "order": order,
            "order_by": order_by,
            "limit": limit,
        }
        turn: TurnScope = scope
        layer = _layer(turn)
        try:
            if not turn.sees_sales:
                # First of all: "not defined" names metrics, and names can tell too.
                raise SalesNotPermitted
            table = await asyncio.to_thread(
                layer.answer,
                query_from_arguments({name: value for name, value in given.items() if value}),
                role=turn.asker.role,
                attributes=turn.asker.attributes,
                permitted_roles=turn.agent.sales_roles,
            )
        except (SalesNotPermitted, SalesQueryInvalid, SourceUnavailable) as error:
            return refused(layer.model, error, turn.language)
        return told(layer.model, table, turn.language)

    @kernel_function(
        name="describe_metrics",
        description=(
            "The metrics and dimensions that exist, with what they mean and what people call "
            "them. Use it when no name in sales_query_metrics fits the question."
        ),
    )
    async def describe_metrics(self, scope: ScopeArgument) -> ToolOutcome:
        """List the model's names for the turn in `scope`."""
        turn: TurnScope = scope
        layer = _layer(turn)
        if not turn.sees_sales:
            return refused(layer.model, SalesNotPermitted(), turn.language)
        return catalog_of(layer.model, turn.language)


def _layer(turn: TurnScope) -> SemanticLayer:
    if turn.sales is None:
        # The filter denies the plugin in such a turn; this is for whoever calls past it.
        raise SourceUnavailable
    return turn.sales
