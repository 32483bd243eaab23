"""SalesPlugin: certified figures of the tenant's own sales, computed by the semantic layer."""

import asyncio
from typing import Annotated, Any, get_args

from semantic_kernel.functions import kernel_function

from backend.domain.errors import SalesNotPermitted, SalesQueryInvalid, SourceUnavailable
from backend.domain.sales import Comparison, Grain, Operator
from backend.domain.trace import ToolOutcome
from backend.plugins.parameters import bounds, one_of, some_day, whole_number
from backend.plugins.sales_answer import refused, told
from backend.plugins.sales_catalog import catalog_of, values_found
from backend.plugins.sales_definition import explained
from backend.plugins.sales_names import undefined
from backend.plugins.scope import Figures, ScopeArgument, TurnScope
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
        exclude: Annotated[
            dict[str, list[str]] | None, "Dimension name -> members to leave out."
        ] = None,
        compare: Annotated[
            str | None, one_of(get_args(Comparison), "Add previous figures and change.")
        ] = None,
        having: Annotated[
            list[dict[str, Any]] | None, bounds(get_args(Operator), "Keep rows by their figures.")
        ] = None,
        share: Annotated[bool | None, "Add each row's share of the total."] = None,
        cumulative: Annotated[bool | None, "Running totals by grain."] = None,
        other: Annotated[bool | None, "With limit: one row for all others."] = None,
        without: Annotated[str | None, "List members that have none of this metric."] = None,
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
            "exclude": exclude,
            "compare": compare,
            "having": having,
            "share": share,
            "cumulative": cumulative,
            "other": other,
            "without": without,
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
        except (SalesNotPermitted, SourceUnavailable) as error:
            return refused(layer.model, error, turn.language, last_read_at=layer.last_read_at)
        except SalesQueryInvalid as error:
            wanted = undefined(layer.model, given)
            return refused(layer.model, error, turn.language, wanted=wanted)
        return told(layer.model, table, turn.language)

    @kernel_function(
        name="list_metrics",
        description=(
            "The metrics and dimensions that exist, with what they mean and what people call "
            "them. Use it when no name in sales_query_metrics fits the question."
        ),
    )
    async def list_metrics(self, scope: ScopeArgument) -> ToolOutcome:
        """List the model's names for the turn in `scope`."""
        turn: TurnScope = scope
        layer = _layer(turn)
        if not turn.sees_sales:
            return refused(layer.model, SalesNotPermitted(), turn.language)
        return catalog_of(layer.model, turn.language)

    @kernel_function(
        name="explain_metric",
        description="What one metric means: definition, formula, tables, owner, certification.",
    )
    async def explain_metric(
        self, scope: ScopeArgument, metric: Annotated[str, "Name of the metric."]
    ) -> ToolOutcome:
        """Explain a metric for the turn in `scope`."""
        turn: TurnScope = scope
        layer = _layer(turn)
        if not turn.sees_sales:
            return refused(layer.model, SalesNotPermitted(), turn.language)
        try:
            return explained(layer.model, metric, turn.language, layer.last_read_at)
        except SalesQueryInvalid as error:
            return refused(layer.model, error, turn.language, wanted=(metric,))

    @kernel_function(
        name="find_value",
        description=(
            "Members of a dimension whose names are like a text. Use it when a filter's member "
            "was not found."
        ),
    )
    async def find_value(
        self,
        scope: ScopeArgument,
        dimension: Annotated[str, "Name of the dimension."],
        text: Annotated[str, "What the member may be called."],
    ) -> ToolOutcome:
        """Find members for the turn in `scope`, of those that the asker may see."""
        turn: TurnScope = scope
        layer = _layer(turn)
        try:
            if not turn.sees_sales:
                raise SalesNotPermitted
            found = await asyncio.to_thread(
                layer.find_value,
                dimension,
                text,
                role=turn.asker.role,
                attributes=turn.asker.attributes,
            )
        except (SalesNotPermitted, SourceUnavailable) as error:
            return refused(layer.model, error, turn.language, last_read_at=layer.last_read_at)
        except SalesQueryInvalid as error:
            return refused(layer.model, error, turn.language, wanted=(dimension,))
        return values_found(layer.model, dimension, text, found, turn.language)


def _layer(turn: TurnScope) -> Figures:
    if turn.sales is None:
        # The filter denies the plugin in such a turn; this is for whoever calls past it.
        raise SourceUnavailable
    return turn.sales
