"""The data behind the answers: a question read and run without a model, what may be asked, sources."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui import api_client, formats, tables
from ui.blocks import block, empty, failed, plain, source, structure
from ui.errors import ApiFailed
from ui.reading import key, read
from ui.table_file import table_file
from ui.wording import language, say

#: What the API takes.
_MOST_CHARACTERS = 8_000
_MOST_OF_A_NAME = 128
_METRIC_COLUMNS = ("name", "label", "definition", "format", "owner", "certified")
_DIMENSION_COLUMNS = ("name", "label", "definition", "format")
_SOURCE_COLUMNS = ("name", "engine", "default", "updated_at")


def show() -> None:
    st.title(say("pages.data"))
    chosen = _chosen()
    if "question" in st.query_params:
        with block("question"):
            _answer(st.query_params["question"], chosen)
    st.subheader(say("data.catalog"))
    with block("catalog"):
        _catalog(chosen)
    st.subheader(say("data.sources"))
    _sources()


def _chosen() -> dict[str, str]:
    """The source and the question, kept in the address. Returns what names the source."""
    with st.form("data", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        question = st.text_input(
            say("data.question"),
            value=st.query_params.get("question", ""),
            max_chars=_MOST_CHARACTERS,
            placeholder=say("data.example"),
            autocomplete="off",
        )
        name = st.text_input(
            say("data.source"),
            value=st.query_params.get("source", ""),
            max_chars=_MOST_OF_A_NAME,
            placeholder=say("data.default"),
            autocomplete="off",
            width=200,
        )
        sent = st.form_submit_button(say("data.ask"), type="primary")
    if sent:
        for parameter, value in (("question", question.strip()), ("source", name.strip())):
            if value:
                st.query_params[parameter] = value
            else:
                st.query_params.pop(parameter, None)
    asked = st.query_params.get("source")
    return {"data_source": asked} if asked else {}


def _answer(question: str, chosen: Mapping[str, str]) -> None:
    body = {"question": question, "language": language(), **chosen}
    parsed = api_client.post("/metrics/parse", key() or "", body)
    if parsed["complete"]:
        st.caption(say("data.understood"))
    elif parsed["readings"]:
        st.warning(say("data.readings"))
        structure(parsed["readings"])
    else:
        st.warning(say("data.not_understood"))
        plain(" · ".join(parsed["not_understood"]))
    if parsed["query"] is None:
        return
    structure(parsed["query"])
    told = api_client.post("/metrics/query", key() or "", {**parsed["query"], **chosen})
    _rows(told["rows"])
    source(told["sql"])
    with st.expander(say("data.provenance")):
        structure(told["provenance"])


def _rows(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        empty("data.no_rows")
        return
    columns = list(rows[0])
    cells = {name: [_cell(row.get(name)) for row in rows] for name in columns}
    figures = [name for name in columns if any(_is_figure(row.get(name)) for row in rows)]
    st.dataframe(
        cells,
        height="content",
        hide_index=True,
        column_config={name: st.column_config.TextColumn(alignment="right") for name in figures},
    )
    lines = [[row.get(name) for name in columns] for row in rows]
    st.download_button(
        say("data.file"),
        table_file(columns, lines),
        file_name="rows.csv",
        mime="text/csv",
        icon=":material/download:",
    )


def _cell(value: Any) -> str:
    if value is None:
        return formats.NOTHING
    return formats.figure(value) if _is_figure(value) else str(value)


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _catalog(chosen: Mapping[str, str]) -> None:
    found = read("/metrics/catalog", chosen)
    plain(f"{_said(found['title'])} · {found['currency']} · {found['time_zone']}")
    tables.table(_described(found["metrics"]), _METRIC_COLUMNS, "metrics")
    tables.table(_described(found["dimensions"]), _DIMENSION_COLUMNS, "dimensions")


def _described(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **entry,
            "label": _said(entry["label"]),
            "definition": _said(entry["definition"]),
            "certified": say(f"answers.{str(entry['certified']).lower()}"),
        }
        for entry in entries
    ]


def _said(texts: Mapping[str, str]) -> str:
    """In the reader's language, or in the first that there is."""
    return texts.get(language()) or next(iter(texts.values()), "")


def _sources() -> None:
    try:
        found = read("/data-sources")["data_sources"]
    except ApiFailed as failure:
        if failure.code == "not_allowed":
            st.caption(say("data.sources_need_admin"))
        else:
            failed(failure)
        return
    if not found:
        empty("data.no_sources")
        return
    shown = [{**each, "default": say(f"answers.{str(each['default']).lower()}")} for each in found]
    tables.table(shown, _SOURCE_COLUMNS, "sources")
    names = {each["id"]: each["name"] for each in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source_id = st.selectbox(
            say("data.source"),
            list(names),
            format_func=names.__getitem__,
            key="tested",
            width=260,
        )
        tested = st.button(say("data.test"), icon=":material/fact_check:")
    if tested:
        with block(None):
            _test(source_id)


def _test(source_id: str) -> None:
    found = api_client.post(f"/data-sources/{source_id}/test", key() or "", {})
    if found["ok"]:
        st.success(say("data.sound"))
        return
    st.error(say("data.unsound"))
    structure(found)


show()
