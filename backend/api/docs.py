"""/schema/openapi.json and /docs: the description for programs, and for people as one page.

The page is plain HTML made here: no script, nothing from another host.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from backend.api.auth import local_or_keyed
from backend.api.description import describe

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f4f4f4;padding:.75rem;overflow:auto;font-size:.85rem}"
    "h2{border-top:1px solid #ccc;padding-top:1rem}code{font-size:.95em}"
    "td,th{text-align:left;padding:.1rem 1rem .1rem 0;vertical-align:top}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"


def docs_handlers(described: list[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """The two routes that describe the others."""

    @cache
    def document() -> dict[str, Any]:
        return describe(described)

    @get("/schema/openapi.json", guards=[local_or_keyed], include_in_schema=False)
    async def openapi() -> Response[bytes]:
        return Response(json.dumps(document()).encode(), media_type=MediaType.JSON)

    @get("/docs", guards=[local_or_keyed], include_in_schema=False, media_type=MediaType.HTML)
    async def docs() -> Response[str]:
        return Response(
            "".join(_page(document())),
            media_type=MediaType.HTML,
            headers={"Content-Security-Policy": _POLICY},
        )

    return [openapi, docs]


def _page(document: dict[str, Any]) -> Iterator[str]:
    info = document["info"]
    yield "<!doctype html><html lang=en><meta charset=utf-8>"
    yield "<meta name=viewport content='width=device-width'>"
    yield f"<title>{_text(info['title'])}</title><style>{_STYLE}</style>"
    yield f"<h1>{_text(info['title'])} API</h1><p>{_text(info['description'])}</p>"
    yield "<p>For programs: <a href=/schema/openapi.json>/schema/openapi.json</a></p>"
    for path, operations in sorted(document["paths"].items()):
        for method, operation in operations.items():
            yield from _operation(method, path, operation)
    yield "<h2 id=schemas>Schemas</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"<h3 id='{_text(name)}'>{_text(name)}</h3>{_json(schema)}"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{_text(method.upper())} {_text(path)}</code></h2>"
    yield f"<p>{_text(operation['summary'])}</p>"
    if tags := operation.get("tags"):
        yield f"<p>Scope: {_text(', '.join(tags))}</p>"
    if parameters := operation.get("parameters"):
        yield "<table><tr><th>Parameter<th>In<th>Required<th>Meaning"
        for each in parameters:
            yield f"<tr><td><code>{_text(each['name'])}</code><td>{_text(each['in'])}"
            yield f"<td>{'yes' if each.get('required') else 'no'}"
            yield f"<td>{_text(each.get('description') or '')}"
        yield "</table>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        body = content["schema"]
        yield f"<p>Body ({_text(kind)}): {_link(body) or _json(body)}</p>"
    yield "<table><tr><th>Status<th>Meaning<th>Body"
    for status, answer in operation["responses"].items():
        yield f"<tr><td>{_text(status)}<td>{_text(answer.get('description') or '')}<td>"
        for content in answer.get("content", {}).values():
            yield _link(content.get("schema", {}))
    yield "</table>"


def _link(schema: dict[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    return f"<a href='#{_text(name)}'>{_text(name)}</a>" if name else ""


def _json(schema: Any) -> str:
    return f"<pre>{_text(json.dumps(schema, indent=2, ensure_ascii=False))}</pre>"


def _text(text: str) -> str:
    return html.escape(str(text))
