"""From observations to what the tool gives back: a sentence, its figures and its source."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backend.domain.language import Language
from backend.domain.trace import Figure, ToolOutcome
from backend.plugins.market_reading import compounded, read
from backend.plugins.market_window import Window
from backend.plugins.numerals import day_text, month_text, percent, reais
from backend.plugins.outcomes import as_json
from backend.plugins.series import FACTS, Observation, Recording, Series
from backend.plugins.words import say

#: Values a model gets to read besides the summary: as many as a year has months.
_MOST_ROWS = 12
_YEAR = 12


class MarketAnswer:
    """One answer in the making. Every number that goes into its text becomes a Figure."""

    def __init__(self, series: Series, language: Language, recording: Recording | None) -> None:
        self._series = series
        self._facts = FACTS[series]
        self._language = language
        self._recording = recording
        self._figures: list[Figure] = []

    def tell(self, observations: Sequence[Observation], window: Window) -> ToolOutcome:
        """The outcome for what the source gave for `window`; no observations is one of them."""
        if not observations:
            return self._nothing(window)
        told = observations[-1:] if window.single else observations
        sentence = self._latest(observations) if window.single else self._stretch(observations)
        citation = self._citation(observations[-1])
        sentences = [
            sentence,
            *self._other_day(observations[-1], window),
            self._say("source", citation=citation),
            *self._recording_note(),
        ]
        rows = [
            {"day": each.day.isoformat(), "value": self._value(each)} for each in _thinned(told)
        ]
        summary = " ".join(sentences)
        content = {
            "status": "ok",
            "summary": summary,
            "period": {"from": told[0].day.isoformat(), "to": told[-1].day.isoformat()},
            "rows": rows,
            "source": citation,
        }
        return ToolOutcome(
            content=as_json(content),
            ok=True,
            summary=summary,
            figures=tuple(dict.fromkeys(self._figures)),
            rows=len(told),
            sources=(citation,),
        )

    def _latest(self, observations: Sequence[Observation]) -> str:
        last = observations[-1]
        year = observations[-_YEAR:]
        over_year = compounded(year) if self._facts.compounds and len(year) == _YEAR else None
        if over_year is None:
            return self._say(
                f"latest.{self._series}",
                value=self._value(last),
                day=day_text(last.day, self._language),
                month=month_text(last.day, self._language),
            )
        self._figure(str(_YEAR), Decimal(_YEAR), "months", year[0].day, last.day)
        return self._say(
            f"latest.{self._series}_year",
            value=self._value(last),
            month=month_text(last.day, self._language),
            accumulated=self._percent(over_year, "accumulated", year[0].day, last.day),
        )

    def _stretch(self, observations: Sequence[Observation]) -> str:
        if self._facts.compounds:
            return self._accumulated(observations)
        reading = read(observations)
        first, last = reading.first.day, reading.last.day
        places = {
            "first_day": day_text(first, self._language),
            "last_day": day_text(last, self._language),
            "first": self._value(reading.first),
            "last": self._value(reading.last),
            "lowest": self._value(reading.lowest),
            "lowest_day": day_text(reading.lowest.day, self._language),
            "highest": self._value(reading.highest),
            "highest_day": day_text(reading.highest.day, self._language),
        }
        if self._facts.unit == "reais":
            places["mean"] = self._amount(reading.mean, "mean", first, last)
            places["change"] = self._percent(reading.change, "change", first, last, signed=True)
        return self._say(f"window.{self._series}", **places)

    def _accumulated(self, observations: Sequence[Observation]) -> str:
        first, last = observations[0], observations[-1]
        months = {
            "first_month": month_text(first.day, self._language),
            "last_month": month_text(last.day, self._language),
        }
        rate = compounded(observations)
        if rate is None:
            return self._say(f"window.{self._series}_gaps", last=self._value(last), **months)
        count = len(observations)
        self._figure(str(count), Decimal(count), "months", first.day, last.day)
        return self._say(
            f"window.{self._series}",
            accumulated=self._percent(rate, "accumulated", first.day, last.day),
            count=str(count),
            **months,
        )

    def _nothing(self, window: Window) -> ToolOutcome:
        sentences = [
            self._say(
                "none",
                first_day=day_text(window.first, self._language),
                last_day=day_text(max(window.first, window.last), self._language),
            ),
            *self._recording_note(),
        ]
        summary = " ".join(sentences)
        content = as_json({"status": "no_rows", "summary": summary, "rows": []})
        return ToolOutcome(content=content, ok=True, summary=summary, rows=0)

    def _other_day(self, last: Observation, window: Window) -> list[str]:
        named = window.named
        if named is None or last.day == self._period_start(named):
            return []
        write = day_text if self._facts.every == "day" else month_text
        return [self._say("other_day", day=write(named, self._language))]

    def _period_start(self, day: date) -> date:
        return day if self._facts.every == "day" else day.replace(day=1)

    def _citation(self, last: Observation) -> str:
        citation = self._say(
            f"citation.{self._facts.every}",
            code=str(self._facts.code),
            day=day_text(last.day, self._language),
            month=month_text(last.day, self._language),
        )
        if self._recording is not None and self._recording.provenance == "hand-made":
            return self._say("illustrative", citation=citation)
        return citation

    def _recording_note(self) -> list[str]:
        if self._recording is None:
            return []
        until = day_text(self._recording.until, self._language)
        return [self._say(f"recording.{self._recording.provenance}", until=until)]

    def _value(self, observation: Observation) -> str:
        day = observation.day
        end = day
        if self._facts.every == "month":
            end = day.replace(day=monthrange(day.year, day.month)[1])
        return self._amount(observation.value, "value", day, end)

    def _amount(self, value: Decimal, what: str, first: date, last: date) -> str:
        if self._facts.unit != "reais":
            return self._percent(value, what, first, last)
        text = reais(value, self._facts.places, self._language)
        self._figure(text, value, what, first, last)
        return text

    def _percent(
        self, value: Decimal, what: str, first: date, last: date, *, signed: bool = False
    ) -> str:
        text = percent(value, self._language, signed=signed)
        # Figures carry rates as fractions, as the semantic layer's do.
        self._figure(text, value / 100, what, first, last)
        return text

    def _figure(self, text: str, value: Decimal, what: str, first: date, last: date) -> None:
        metric = self._series if what == "value" else f"{self._series}_{what}"
        self._figures.append(
            Figure(
                text=text,
                value=float(value),
                metric=metric,
                from_date=first,
                to_date=last,
                tool_call=0,
            )
        )

    def _say(self, key: str, **values: str) -> str:
        return say(self._language, f"market.{key}", **values)


def _thinned(observations: Sequence[Observation]) -> Sequence[Observation]:
    """The observations, or when they are many the last of each of the latest months."""
    if len(observations) <= _MOST_ROWS:
        return observations
    by_month = {(each.day.year, each.day.month): each for each in observations}
    return list(by_month.values())[-_MOST_ROWS:]
