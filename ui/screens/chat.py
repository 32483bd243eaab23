"""A live talk with an agent: the answer as it is written, beside the events of its trace."""

from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import formats, links
from ui.blocks import block, empty, failed, plain, structure
from ui.errors import ApiFailed
from ui.event_lines import Event
from ui.reading import key
from ui.talk import Exchange, Talk
from ui.wording import say, say_or

#: The demo's own seller, whom every local stack knows.
_FIRST_USER = "123"
#: What the API takes.
_MOST_CHARACTERS = 8_000
_MOST_OF_A_NAME = 128


def show() -> None:
    st.title(say("pages.chat"))
    talk = _talk()
    question = st.chat_input(say("chat.ask"), max_chars=_MOST_CHARACTERS)
    if question and question.strip():
        _ask(talk, question)
    if not talk.exchanges:
        empty("chat.empty")
    for exchange in talk.exchanges:
        _exchange(exchange)


def _talk() -> Talk:
    """The session's; another user or agent begins another."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        user_id = st.text_input(
            say("chat.user_id"),
            value=_FIRST_USER,
            max_chars=_MOST_OF_A_NAME,
            key="chat_user",
            autocomplete="off",
            width=200,
        )
        agent = st.text_input(
            say("chat.agent"),
            max_chars=_MOST_OF_A_NAME,
            key="chat_agent",
            autocomplete="off",
            width=200,
        )
        new = st.button(say("chat.new"), icon=":material/add_comment:")
    talk: Talk | None = st.session_state.get("chat")
    if talk is None or new or (talk.user_id, talk.agent) != (user_id, agent):
        talk = st.session_state["chat"] = Talk(user_id=user_id, agent=agent)
    return talk


def _ask(talk: Talk, question: str) -> None:
    try:
        talk.ask(question, key() or "")
    except ApiFailed as failure:
        _refused(failure)


def _refused(failure: ApiFailed) -> None:
    if failure.code == "not_allowed":
        st.error(say("chat.no_scope"), icon=":material/key:")
    else:
        failed(failure)


def _exchange(exchange: Exchange) -> None:
    said, happened = st.columns([3, 2], border=True)
    with said:
        with st.chat_message("user", avatar=":material/person:"):
            plain(exchange.question)
        with st.chat_message("assistant", avatar=":material/support_agent:"):
            answer = st.empty()
            after = st.container()
    with happened:
        st.caption(say("chat.events"))
        happened_so_far = st.container(gap="xsmall")
        for event in exchange.seen:
            _event(event, happened_so_far)
    answer.text(exchange.text)
    if exchange.closing is None:
        with after, block(None):
            _watch(exchange, answer, happened_so_far)
    with after:
        _ending(exchange)


def _watch(exchange: Exchange, answer: DeltaGenerator, happened: DeltaGenerator) -> None:
    for event in exchange.watch(key() or ""):
        answer.text(exchange.text)
        _event(event, happened)


def _ending(exchange: Exchange) -> None:
    closing = exchange.closing
    if closing is None:
        st.warning(say("chat.interrupted"))
        st.button(say("chat.resume"), key=f"resume_{exchange.turn_id}")
    elif closing.kind == "turn.failed":
        code = closing.data["error"]["code"]
        reason = say_or(f"errors.{code}", say("errors.unknown"))
        st.error(say("chat.failed", reason=reason))
    else:
        data = closing.data
        for chart in data.get("charts", []):
            st.vega_lite_chart(chart["spec"])
        st.caption(
            say(
                "chat.summary",
                tokens=formats.count(data["tokens_used"]),
                cost=formats.money(Decimal(data["usage"]["cost_usd"])),
                time=formats.duration(data["time_ms"]),
            )
        )
    links.link("turn", say("chat.open"), {"id": exchange.turn_id}, ":material/timeline:")


def _event(event: Event, place: DeltaGenerator) -> None:
    """One line an event; the pieces of the answer stand beside it already."""
    if event.kind == "answer.delta":
        return
    name = say_or(f"events.{event.kind.replace('.', '_')}", event.kind)
    with place:
        st.caption(f"{event.id} · {name}")
        detail = _detail(event)
        if detail:
            plain(detail)
        if event.kind == "tool.called":
            structure(event.data.get("arguments"))


def _detail(event: Event) -> str:
    data = event.data
    if event.kind == "route.decided":
        return f"{say_or('decision.' + str(data['decision']), data['decision'])}: {data['reason']}"
    if event.kind == "tool.called":
        return str(data["name"])
    if event.kind == "tool.finished":
        rows = f"{say('turn.rows')}: {formats.count(data.get('rows'))}"
        error = f" · {data['error']}" if data.get("error") else ""
        return f"{data['name']} · {rows} · {formats.duration(data.get('time_ms'))}{error}"
    return ""


show()
