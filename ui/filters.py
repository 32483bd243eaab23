"""The filters of a list, which stand in the address: what is shown can be linked to and kept."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import streamlit as st

from ui import formats, links
from ui.wording import say

OF_USAGE = ("from", "to", "user_id", "channel", "agent", "model", "status")
OF_TURNS = (*OF_USAGE, "decision", "tool", "has_error", "conversation_id")
OF_CONVERSATIONS = ("from", "to", "user_id", "channel", "agent")

_CHOICES = {
    "status": ("queued", "running", "answered", "failed", "cancelled"),
    "decision": ("direct", "sales", "market", "both", "clarify", "refuse", "handoff"),
    "has_error": ("true", "false"),
}
#: Where the words of a choice stand.
_WORDS = {"status": "status", "decision": "decision", "has_error": "answers"}
_DAYS = ("from", "to")
#: The longest that the API takes.
_MOST_CHARACTERS = 200


def asked(names: Sequence[str]) -> dict[str, str]:
    """Those of the address that are set, as the API takes them."""
    found = {name: st.query_params.get(name, "") for name in names}
    return {name: value for name, value in found.items() if value}


def with_zone(params: dict[str, str]) -> dict[str, str]:
    """For the API, whose days begin in a zone."""
    return {**params, "time_zone": formats.zone()}


def form(names: Sequence[str], hint: str, also: Sequence[str] = ()) -> None:
    """Inputs for `names`; filtering puts them into the address. `also`: parameters that stay."""
    before = asked(names)
    frame = st.expander(_title(before), icon=":material/filter_list:", expanded=bool(before))
    # A form's inputs have no keys: another address makes other inputs, filled from it.
    with frame, st.form("filters", border=False):
        with st.container(horizontal=True, gap="small"):
            values = {name: _input(name, before.get(name)) for name in names}
        st.caption(hint)
        with st.container(horizontal=True):
            apply = st.form_submit_button(say("filters.apply"), type="primary")
            clear = st.form_submit_button(say("filters.clear"))
    if apply or clear:
        chosen = {} if clear else {name: value for name, value in values.items() if value}
        st.query_params.from_dict({**asked(also), **chosen, **links.kept()})
        st.rerun()


def _title(before: dict[str, str]) -> str:
    return say("filters.title") if not before else f"{say('filters.title')} ({len(before)})"


def _input(name: str, value: str | None) -> str | None:
    label = say(f"filters.{name}")
    if name in _DAYS:
        chosen = st.date_input(
            label, value=_day(value), format=formats.date_pattern().upper(), width=150
        )
        return chosen.isoformat() if isinstance(chosen, date) else None
    if name in _CHOICES:
        options = _CHOICES[name]
        return st.selectbox(
            label,
            options,
            index=options.index(value) if value in options else None,
            format_func=lambda option: say(f"{_WORDS[name]}.{option}"),
            placeholder=say("filters.any"),
            width=150,
        )
    return st.text_input(
        label, value=value or "", max_chars=_MOST_CHARACTERS, autocomplete="off", width=150
    ).strip()


def _day(value: str | None) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(value or "")
    return None
