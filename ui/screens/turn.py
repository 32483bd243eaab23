"""One turn as a waterfall: waiting, attempts, steps, every model and tool call, and what they cost."""

from typing import Any

import streamlit as st

from ui import charts, formats, links, tables, waterfall
from ui.blocks import block, empty, failed, plain, source, structure
from ui.errors import ApiFailed
from ui.identifiers import asked_identifier
from ui.reading import read
from ui.wording import say, say_or

Trace = dict[str, Any]


def show() -> None:
    identifier = asked_identifier()
    if identifier is None:
        st.title(say("pages.turn"))
        empty("state.no_turn")
        links.back_to_list("turns", say("pages.turns"))
        return
    with block():
        trace = read(f"/turns/{identifier}/trace")
        st.title(f"{say('pages.turn')} · {say('status.' + trace['status'])}")
        _about(trace)
        _figures(trace)
        _said(trace)
        st.subheader(say("turn.waterfall"))
        charts.waterfall(waterfall.bars(trace))
        _models(trace["llm_calls"])
        _tools(trace["tool_calls"])
        _steps(trace["steps"])
        _memory(trace["memory"])


def _about(trace: Trace) -> None:
    route = trace["route"]
    facts = [trace["user_id"], trace["channel"], trace["agent"], trace["model"], trace["language"]]
    if route is not None:
        confidence = formats.count(round(route["confidence"] * 100))
        decision = say(f"decision.{route['decision']}")
        facts += [f"{decision} ({route['by']}, {confidence} %): {route['reason']}"]
    if trace["cached"]:
        facts.append(say("turn.cached"))
    plain(" · ".join(fact for fact in facts if fact))
    with st.container(horizontal=True, vertical_alignment="center"):
        links.back_to_list("turns", say("pages.turns"))
        conversation = {"id": trace["conversation_id"]}
        links.link("conversation", say("turn.conversation"), conversation, ":material/forum:")
        user = {"user_id": trace["user_id"]}
        links.link("turns", say("turn.user_turns"), user, ":material/list_alt:")
        # A click draws the page again, and what was read is soon too old to be used.
        st.button(say("turn.refresh"), icon=":material/refresh:")


def _figures(trace: Trace) -> None:
    usage = trace["usage"]
    tokens = usage["input_tokens"] + usage["output_tokens"]
    figures = (
        ("total", formats.duration(trace["time_ms"])),
        ("wait", formats.duration(trace["queue_wait_ms"])),
        ("tokens", formats.count(tokens)),
        ("cost", formats.money(usage["cost_usd"])),
        ("model_calls", formats.count(usage["llm_calls"])),
        ("tool_calls", formats.count(len(trace["tool_calls"]))),
        ("attempts", formats.count(trace["attempt"])),
    )
    with st.container(horizontal=True, gap="small"):
        for name, value in figures:
            st.metric(say(f"turn.{name}"), value, border=True, width="content")
    asked = f"{say('turn.asked')} {formats.moment(trace['asked_at'])}"
    st.caption(f"{asked} · {_tokens(usage)}")
    if not usage["priced"]:
        st.warning(say("turn.unpriced"))


def _said(trace: Trace) -> None:
    asked, answered = st.columns(2, border=True)
    with asked:
        st.subheader(say("turn.question"))
        plain(trace["question"])
    with answered:
        st.subheader(say("turn.answer"))
        if trace["error"] is not None:
            failed(ApiFailed(trace["error"]["code"], trace["error"]["message"]))
        elif trace["response"] is None:
            st.info(say("turn.no_answer"))
        else:
            plain(trace["response"])


def _models(calls: list[dict[str, Any]]) -> None:
    st.subheader(f"{say('turn.models')} ({formats.count(len(calls))})")
    if not calls:
        st.caption(say("turn.no_models"))
        return
    rows = [
        {
            "name": f"{call['provider']} · {call['model']} · {call['purpose']}",
            "attempt": call["attempt"],
            "started": call["started_ms"],
            "time_ms": call["time_ms"],
            "input_tokens": call["input_tokens"],
            "cached_input_tokens": call["cached_input_tokens"],
            "output_tokens": call["output_tokens"],
            "cost_usd": call["cost_usd"],
            "state": _outcome(call),
        }
        for call in calls
    ]
    tables.table(rows, tuple(rows[0]), "models")


def _outcome(call: dict[str, Any]) -> str:
    """How a model call ended: the reason of its failure, else why it stopped."""
    if call["error_code"] is not None:
        return say_or(f"errors.{call['error_code']}", call["error_code"])
    return str(call["finish_reason"] or call["state"])


def _tools(calls: list[dict[str, Any]]) -> None:
    st.subheader(f"{say('turn.tools')} ({formats.count(len(calls))})")
    if not calls:
        st.caption(say("turn.no_tools"))
    for call in calls:
        with st.container(border=True):
            _tool(call)


def _tool(call: dict[str, Any]) -> None:
    rows = f"{say('turn.rows')}: {formats.count(call['rows'])}"
    took = f"{formats.duration(call['started_ms'])} + {formats.duration(call['time_ms'])}"
    attempt = f"{say('bars.attempt')} {formats.count(call['attempt'])}"
    # A model may call a tool by any name.
    plain(call["name"])
    st.caption(f"{attempt} · {took} · {rows}")
    if not call["ok"]:
        # Tools have codes of their own besides the API's.
        code = call["error_code"] or "unknown"
        failed(ApiFailed(code, code))
    st.caption(say("turn.arguments"))
    structure(call["arguments"])
    if call["sql"] is not None:
        st.caption(say("turn.sql"))
        source(call["sql"])
    with st.expander(say("turn.result")):
        source(call["result"])
        st.caption(say("turn.digest"))
        source(call["result_digest"])


def _steps(steps: list[dict[str, Any]]) -> None:
    with st.expander(f"{say('turn.steps')} ({formats.count(len(steps))})"):
        for step in steps:
            times = f"{formats.duration(step['started_ms'])} + {formats.duration(step['time_ms'])}"
            plain(f"{step['kind']} · {step['name']} · {times}")
            structure(step["detail"])


def _memory(memory: list[dict[str, Any]]) -> None:
    with st.expander(f"{say('turn.memory')} ({formats.count(len(memory))})"):
        if not memory:
            st.caption(say("turn.no_memory"))
        for line in memory:
            where = say_or(f"turn.{line['source']}", say("turn.recall"))
            score = f" · {line['score']:.2f}" if line.get("score") is not None else ""
            role = say(f"role.{line['role']}")
            st.caption(f"{role} · {where}{score} · {formats.moment(line['at'])}")
            plain(line["text"])


def _tokens(usage: dict[str, Any]) -> str:
    return say(
        "turn.tokens_of",
        input=formats.count(usage["input_tokens"]),
        cached=formats.count(usage["cached_input_tokens"]),
        output=formats.count(usage["output_tokens"]),
    )


show()
