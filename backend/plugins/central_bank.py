"""Banco Central's open series (SGS): one reused HTTP client, one host, no key, no retries.

What its users have reported, and what is done about it here:
- over 10 years of a daily series is 406: a longer window is asked for in pieces;
- a period without values is 404 with "Value(s) not found": no values, not an error;
- a monthly series may answer with a month before the window: only the window is kept;
- the Selic target is published ahead, up to the next meeting: only the window is kept;
- 504, and a web page with status 200, come now and then: the source is unavailable.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx
import structlog

from backend.domain.errors import SourceUnavailable
from backend.plugins.series import FACTS, Observation, Recording, Series

log = structlog.get_logger(__name__)

PRODUCTION_URL = "https://api.bcb.gov.br"
#: Nothing but Banco Central is ever asked; loopback is for a stand-in on the same machine.
ALLOWED_HOSTS = frozenset({"api.bcb.gov.br", "127.0.0.1", "localhost"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})

#: Ten years is the API's limit; a day less keeps clear of how it counts them.
_WINDOW = timedelta(days=3650)
#: The API answers in well under a second or, after its own gateway's minute, with 504.
_SECONDS = 6.0


class CentralBank:
    """The live source. Used on the tool loop only, where its connections live."""

    recording: Recording | None = None

    def __init__(self, base_url: str = PRODUCTION_URL) -> None:
        """Raises ValueError for a base URL that is not Banco Central's or a loopback stand-in."""
        url = httpx.URL(base_url)
        if url.host not in ALLOWED_HOSTS:
            raise ValueError(f"{url.host!r} is not a host that market data may come from")
        if url.scheme != "https" and url.host not in _LOOPBACK:
            raise ValueError("market data is read over https")
        # Redirects stay off (httpx's default): an answer that points elsewhere is no answer.
        self._client = httpx.AsyncClient(base_url=url, timeout=_SECONDS)

    async def observations(
        self, series: Series, from_date: date, to_date: date
    ) -> tuple[Observation, ...]:
        """See SeriesSource."""
        found: dict[date, Observation] = {}
        for first, last in _windows(from_date, to_date):
            for observation in await self._window(series, first, last):
                if first <= observation.day <= last:
                    found[observation.day] = observation
        return tuple(found[day] for day in sorted(found))

    async def close(self) -> None:
        """Close the connections; the source cannot be asked again."""
        await self._client.aclose()

    async def _window(self, series: Series, first: date, last: date) -> list[Observation]:
        code = FACTS[series].code
        try:
            response = await self._client.get(
                f"/dados/serie/bcdata.sgs.{code}/dados",
                params={
                    "formato": "json",
                    "dataInicial": f"{first:%d/%m/%Y}",
                    "dataFinal": f"{last:%d/%m/%Y}",
                },
            )
        except httpx.HTTPError as error:
            log.warning("central_bank.unreachable", series=code, reason=type(error).__name__)
            raise SourceUnavailable from error
        if _says_no_values(response):
            return []
        if response.status_code != httpx.codes.OK:
            log.warning("central_bank.refused", series=code, status=response.status_code)
            raise SourceUnavailable
        try:
            return read_payload(response.json())
        except ValueError as error:
            log.warning("central_bank.garbled", series=code, bytes=len(response.content))
            raise SourceUnavailable from error


def read_payload(payload: Any) -> list[Observation]:
    """Observations from SGS's own form, `[{"data": "dd/MM/yyyy", "valor": "5.4321"}, …]`.

    Entries without a value are left out. Raises ValueError when it is anything else.
    """
    if not isinstance(payload, list):
        raise ValueError("not a list of observations")
    try:
        return [
            Observation(day=_day(entry["data"]), value=_value(entry["valor"]))
            for entry in payload
            if entry["valor"]
        ]
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError("not an observation") from error


def _windows(from_date: date, to_date: date) -> Iterator[tuple[date, date]]:
    first = from_date
    while first <= to_date:
        last = min(first + _WINDOW, to_date)
        yield first, last
        first = last + timedelta(days=1)


def _says_no_values(response: httpx.Response) -> bool:
    # A 404 of any other kind (a wrong path, plain http) is a failure, not an empty period.
    return response.status_code == httpx.codes.NOT_FOUND and "Value(s) not found" in response.text


def _day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a calendar day, no clock


def _value(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError("not a number")
    return value
