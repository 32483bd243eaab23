"""MarketPlugin: Banco Central's series, read and computed for a model that may do neither."""

from datetime import date
from typing import Annotated

from semantic_kernel.functions import kernel_function

from backend.domain.trace import ToolOutcome
from backend.plugins.market_answer import MarketAnswer
from backend.plugins.market_window import window
from backend.plugins.parameters import one_of, some_day
from backend.plugins.scope import ScopeArgument, TurnScope
from backend.plugins.series import Series, SeriesSource


class MarketPlugin:
    """What the market researcher may look up."""

    def __init__(self, central_bank: SeriesSource) -> None:
        self._source = central_bank

    @kernel_function(
        name="get_series",
        description=(
            "Official Brazilian market data from Banco Central, with its date and source. "
            "Without dates: the latest value (for ipca also the 12 months accumulated). "
            "With only 'to': the value of that day. With 'from' and 'to': the stretch, with "
            "change, low, high and average computed, and ipca accumulated."
        ),
    )
    async def get_series(
        self,
        scope: ScopeArgument,
        series: Annotated[
            str,
            one_of(
                tuple(Series),
                "dollar: selling rate in reais. selic: target, % a year. ipca: inflation, % a month.",
            ),
        ],
        from_: Annotated[str | None, some_day("First day, inclusive.")] = None,
        to: Annotated[str | None, some_day("Last day, inclusive.")] = None,
    ) -> ToolOutcome:
        """Read one series for the turn in `scope`. Raises InvalidRequest, SourceUnavailable."""
        turn: TurnScope = scope
        wanted = Series(series)
        recording = self._source.recording
        today = min(turn.today, recording.until) if recording else turn.today
        stretch = window(wanted, _day(from_), _day(to), today=today)
        observations = await self._source.observations(wanted, stretch.first, stretch.last)
        return MarketAnswer(wanted, turn.language, recording).tell(observations, stretch)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
