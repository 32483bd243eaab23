"""Links between the pages: a figure to the list behind it, a line to what it is about.

They stay within the session, which holds the key; their addresses hold filters and never the key.
"""

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from ui import formats
from ui.wording import LANGUAGES, language

SCREENS = (
    "overview",
    "conversations",
    "conversation",
    "turns",
    "turn",
    "costs",
    "memory",
    "data",
    "knowledge",
    "chat",
)
#: Each is about one thing that a list leads to, and so does not stand in the menu.
DETAILS = ("conversation", "turn")


def link(
    screen: str, label: str, params: Mapping[str, str] | None = None, icon: str | None = None
) -> None:
    """`label` is drawn as Markdown: words and figures of ours only."""
    st.page_link(path(screen), label=label, icon=icon, query_params=_whole(params))


def turn_page(label: str, params: Mapping[str, str], icon: str) -> None:
    """Another part of the same page. (A link to its own page leaves the address as it was.)"""
    if st.button(label, icon=icon, type="tertiary"):
        st.query_params.from_dict(_whole(params))
        st.rerun()


def go(screen: str, params: Mapping[str, str]) -> NoReturn:
    st.switch_page(path(screen), query_params=_whole(params))


def remember_list(screen: str, params: Mapping[str, str]) -> None:
    """Where a detail leads back to: the browser's own way back loses a list's filters."""
    st.session_state[f"last_{screen}"] = dict(params)


def back_to_list(screen: str, label: str) -> None:
    link(screen, label, st.session_state.get(f"last_{screen}"), ":material/arrow_back:")


def path(screen: str) -> str:
    return f"screens/{screen}.py"


def kept() -> dict[str, str]:
    """Language and zone, where they are not the default: an address that is passed on keeps them."""
    chosen = {"lang": language(), "time_zone": formats.zone()}
    defaults = {"lang": LANGUAGES[0], "time_zone": formats.DEFAULT_ZONE}
    return {name: value for name, value in chosen.items() if value != defaults[name]}


def _whole(params: Mapping[str, str] | None) -> dict[str, str]:
    return {**(params or {}), **kept()}
