"""Figures, money, time and dates in the reader's own format: language from the session, zone too.

Times come as RFC 3339 with an offset and are shown in the chosen zone.
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import streamlit as st
from babel import Locale, dates, numbers

from ui.wording import language, say

#: Where the API's days begin by default.
DEFAULT_ZONE = "America/Sao_Paulo"
#: The Brazilian zones in use, and those from which an office abroad would read.
ZONES = (
    DEFAULT_ZONE,
    "America/Manaus",
    "America/Rio_Branco",
    "America/Noronha",
    "America/New_York",
    "Europe/Lisbon",
    "UTC",
)
#: What stands where there is no value.
NOTHING = "–"
_LOCALES = {"pt": Locale("pt", "BR"), "en": Locale("en", "US")}


def zone() -> str:
    """`time_zone` of the address, which the session then keeps."""
    asked = st.query_params.get("time_zone")
    if asked in ZONES:
        st.session_state["time_zone"] = asked
    kept: str = st.session_state.get("time_zone", DEFAULT_ZONE)
    return kept


def zone_info() -> ZoneInfo:
    return ZoneInfo(zone())


def count(value: int | None) -> str:
    return NOTHING if value is None else numbers.format_decimal(value, locale=_locale())


def figure(value: float) -> str:
    """Of a client's data: its unit is not known here, so no more than four decimals, and no sign."""
    return numbers.format_decimal(value, "#,##0.####", locale=_locale())


def money(dollars: str | Decimal) -> str:
    """Cents for what is worth some, else six decimals: one answer costs a fraction of a cent."""
    amount = Decimal(dollars)
    small = amount != 0 and abs(amount) < 1
    return numbers.format_currency(
        amount,
        "USD",
        format="¤¤ #,##0.000000" if small else "¤¤ #,##0.00",
        locale=_locale(),
        currency_digits=False,
    ).replace("USD", "US$")


def duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return NOTHING
    if milliseconds < 1000:
        return say("units.milliseconds", value=count(round(milliseconds)))
    seconds = numbers.format_decimal(milliseconds / 1000, "#,##0.0", locale=_locale())
    return say("units.seconds", value=seconds)


def moment(stamp: str | None) -> str:
    """Day and time to the second."""
    if stamp is None:
        return NOTHING
    local = datetime.fromisoformat(stamp).astimezone(zone_info())
    return f"{day(local.date())} {local:%H:%M:%S}"


def time_now() -> str:
    return f"{datetime.now(zone_info()):%H:%M:%S}"


def day(value: date | str) -> str:
    known = date.fromisoformat(value) if isinstance(value, str) else value
    return dates.format_date(known, date_pattern(), locale=_locale())


def date_pattern() -> str:
    return "dd/MM/yyyy" if language() == "pt" else "yyyy-MM-dd"


def _locale() -> Locale:
    return _LOCALES[language()]
