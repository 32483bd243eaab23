"""The console's frame: who may see it, its menu, language and zone. Streamlit runs it as a script."""

from pathlib import Path

import streamlit as st

from ui import formats, links, sign_in
from ui.reading import key
from ui.wording import LANGUAGES, language, say

_ICONS = {
    "overview": ":material/monitoring:",
    "conversations": ":material/forum:",
    "conversation": ":material/chat_bubble:",
    "turns": ":material/list_alt:",
    "turn": ":material/timeline:",
    "costs": ":material/payments:",
    "memory": ":material/psychology:",
    "data": ":material/database:",
    "knowledge": ":material/menu_book:",
    "chat": ":material/chat:",
}
#: A picture of our own: for one of the menu's symbols a browser would ask another host.
_ICON = str(Path(__file__).with_name("icon.svg"))
#: Enough for the longest name of a page or zone.
_SIDEBAR_PIXELS = 220
_LANGUAGE_NAMES = {"pt": "Português", "en": "English"}
#: A dense page. The tables' own toolbar is not shown: its CSV knows nothing of formulas, ours does.
_STYLE = """<style>
.stMainBlockContainer { padding: 3.5rem 1.5rem 3rem; max-width: 1400px; }
[data-testid="stPageLink-NavLink"] { padding-left: 0; padding-right: .6rem; background: none; }
[data-testid="stPageLink-NavLink"] * { color: #0b6e6e; font-weight: 400; }
[data-testid="stElementToolbar"] { display: none; }
[data-testid="stMetricValue"] { font-size: 1.45rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem !important; padding: 0 0 .4rem !important; }
h2, h3 { font-size: 1.05rem !important; padding: .5rem 0 .2rem !important; }
[data-testid="stText"] { font-family: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>"""


def show() -> None:
    st.set_page_config(
        page_title=say("product"),
        layout="wide",
        page_icon=_ICON,
        initial_sidebar_state=_SIDEBAR_PIXELS,
    )
    st.html(_STYLE)
    signed_in = key() is not None
    # All pages are known before the sign-in too, so that an address leads on after it.
    page = st.navigation(
        [
            st.Page(
                links.path(screen),
                title=say(f"pages.{screen}"),
                icon=_ICONS[screen],
                url_path=screen,
                default=screen == "overview",
                visibility="hidden" if screen in links.DETAILS else "visible",
            )
            for screen in links.SCREENS
        ],
        position="sidebar" if signed_in else "hidden",
    )
    if not signed_in:
        sign_in.show()
        _preferences()
        return
    with st.sidebar:
        _preferences()
    st.sidebar.button(say("sign_in.leave"), icon=":material/logout:", on_click=sign_in.leave)
    page.run()


def _preferences() -> None:
    st.session_state["chosen_language"] = language()
    st.session_state["chosen_zone"] = formats.zone()
    with st.container(horizontal=True):
        st.selectbox(
            say("settings.language"),
            LANGUAGES,
            format_func=_LANGUAGE_NAMES.__getitem__,
            key="chosen_language",
            on_change=_chosen,
            args=("chosen_language", "language", "lang"),
            width=130,
        )
        st.selectbox(
            say("settings.zone"),
            formats.ZONES,
            key="chosen_zone",
            on_change=_chosen,
            args=("chosen_zone", "time_zone", "time_zone"),
            width=180,
        )


def _chosen(widget: str, kept_as: str, parameter: str) -> None:
    st.session_state[kept_as] = st.session_state[widget]
    st.query_params[parameter] = st.session_state[widget]


show()
