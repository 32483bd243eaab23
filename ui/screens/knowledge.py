"""The tenant's documents: what answers would cite, how each is, new ones in, old ones out."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui import api_client, formats, reading, tables
from ui.blocks import block, empty, failed, plain
from ui.errors import ApiFailed
from ui.reading import key, read
from ui.wording import say, say_or

#: What the API takes.
_MOST_CHARACTERS = 8_000
_MOST_OF_A_TITLE = 200
_MOST_OF_A_SOURCE = 300
_MOST_OF_A_TEXT = 2_000_000
#: Passages of a test search: an answer cites three.
_MOST_FOUND = "5"
_KINDS = ("md", "txt", "pdf", "docx", "xlsx", "html", "htm")
_COLUMNS = (
    "title",
    "origin",
    "status",
    "file_format",
    "pages",
    "passages",
    "uploaded_at",
    "problem",
)


def show() -> None:
    st.title(say("pages.knowledge"))
    _asked()
    if "question" in st.query_params:
        with block("search"):
            _found(st.query_params["question"])
    st.subheader(say("knowledge.documents"))
    with block("documents"):
        _documents()


def _asked() -> None:
    """The question of the test search, kept in the address."""
    with (
        st.form("search", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        question = st.text_input(
            say("knowledge.question"),
            value=st.query_params.get("question", ""),
            max_chars=_MOST_CHARACTERS,
            placeholder=say("knowledge.example"),
            autocomplete="off",
        )
        sent = st.form_submit_button(say("knowledge.search"), type="primary")
    if sent and question.strip():
        st.query_params["question"] = question.strip()
    elif sent:
        st.query_params.pop("question", None)


def _found(question: str) -> None:
    found = read("/knowledge/search", {"query": question, "k": _MOST_FOUND})["passages"]
    if not any(each["answers"] for each in found):
        empty("knowledge.nothing_found")
    for passage in found:
        with st.container(border=True, gap="xsmall"):
            plain(passage["citation"])
            plain(passage["text"])
            st.caption(_why(passage))


def _why(passage: Mapping[str, Any]) -> str:
    cited = say("knowledge.cited" if passage["answers"] else "knowledge.not_cited")
    words = formats.figure(round(passage["lexical"], 2))
    meaning = passage["semantic"]
    likeness = formats.NOTHING if meaning is None else formats.figure(round(meaning, 2))
    return say("knowledge.why", cited=cited, words=words, meaning=likeness)


def _documents() -> None:
    try:
        found = read("/knowledge")["documents"]
    except ApiFailed as failure:
        if failure.code != "not_allowed":
            raise
        st.caption(say("knowledge.needs_admin"))
        return
    if found:
        tables.table([_row(each) for each in found], _COLUMNS, "documents")
    else:
        empty("knowledge.empty")
    st.button(
        say("knowledge.refresh"), icon=":material/refresh:", on_click=reading.forget_what_was_read
    )
    _done()
    _upload()
    if found:
        _removal(found)


def _row(document: Mapping[str, Any]) -> dict[str, Any]:
    error = document["error"]
    return {
        **document,
        "origin": document["source"],
        "file_format": document["format"],
        "problem": None if error is None else say_or(f"errors.{error['code']}", error["message"]),
    }


def _done() -> None:
    """What the last click did, said once."""
    told = st.session_state.pop("knowledge_done", None)
    if told is not None:
        st.success(say(told))


def _upload() -> None:
    with st.expander(say("knowledge.add")), st.form("upload", clear_on_submit=True):
        title = st.text_input(
            say("knowledge.title"), max_chars=_MOST_OF_A_TITLE, autocomplete="off"
        )
        source = st.text_input(
            say("knowledge.source"), max_chars=_MOST_OF_A_SOURCE, autocomplete="off"
        )
        file = st.file_uploader(say("knowledge.file"), type=_KINDS)
        text = st.text_area(say("knowledge.text"), max_chars=_MOST_OF_A_TEXT)
        sent = st.form_submit_button(say("knowledge.send"), icon=":material/upload:")
    if not sent:
        return
    if file is None and not (title.strip() and text.strip()):
        st.warning(say("knowledge.incomplete"))
        return
    try:
        if file is not None:
            named = {"title": title.strip(), "source": source.strip()}
            fields = {name: value for name, value in named.items() if value}
            api_client.upload("/knowledge", key() or "", file.name, file.getvalue(), fields)
        else:
            body = {"title": title.strip(), "source": source.strip(), "text": text}
            api_client.post("/knowledge", key() or "", body)
    except ApiFailed as failure:
        failed(failure)
        return
    _changed("knowledge.sent")


def _removal(found: Sequence[Mapping[str, Any]]) -> None:
    names = {each["id"]: each["title"] for each in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("knowledge.document"),
            list(names),
            format_func=names.__getitem__,
            key="removed",
            width=320,
        )
        if st.button(say("knowledge.remove"), icon=":material/delete:"):
            st.session_state["knowledge_doomed"] = chosen
    if chosen != st.session_state.get("knowledge_doomed"):
        return
    st.warning(say("knowledge.sure"))
    plain(names[chosen])
    if st.button(say("knowledge.remove_surely"), type="primary", icon=":material/delete_forever:"):
        try:
            api_client.delete(f"/knowledge/{chosen}", key() or "")
        except ApiFailed as failure:
            failed(failure)
            return
        _changed("knowledge.removed")


def _changed(told: str) -> None:
    st.session_state.pop("knowledge_doomed", None)
    st.session_state["knowledge_done"] = told
    reading.forget_what_was_read()
    st.rerun()


show()
