"""The page at `/docs`: an OpenAPI document as plain HTML. No script, nothing from another host."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

STYLE = (
    ":root{color-scheme:light dark;--line:light-dark(#d5d8dc,#3c4148);--soft:light-dark(#f4f5f6,#22262b)}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:var(--soft);padding:.75rem;overflow:auto;font-size:.85rem}"
    "h2{border-top:1px solid var(--line);padding-top:1rem;margin-top:2.5rem}"
    "code{font-size:.92em;overflow-wrap:anywhere}"
    "nav ul{columns:2 18rem;padding-left:1.2rem}"
    "div{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0;width:100%}"
    "td,th{text-align:left;padding:.25rem 1rem .25rem 0;vertical-align:top;border-bottom:1px solid var(--line)}"
)
_CODE = re.compile("`([^`]+)`")
_METHODS_ORDER = ("get", "post", "put", "delete")


def page(document: dict[str, Any], examples: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The page in pieces. `examples` are titles and texts."""
    info, operations = document["info"], list(_operations(document))
    yield "<!doctype html><html lang=en><meta charset=utf-8>"
    yield "<meta name=viewport content='width=device-width'><link rel=icon href='data:,'>"
    yield f"<title>{_text(info['title'])}</title><style>{STYLE}</style>"
    yield f"<h1>{_text(info['title'])} API</h1><p>{_prose(info['description'])}</p>"
    yield "<p>For programs: <a href=/schema/openapi.json>/schema/openapi.json</a></p><nav><ul>"
    for method, path, operation in operations:
        yield f"<li><a href='#{_place(method, path)}'><code>{_call(method, path)}</code></a>"
        yield f"<br>{_prose(operation['summary'])}"
    yield "</ul></nav><h2 id=examples>Examples</h2>"
    for title, text in examples:
        yield f"<h3>{_text(title)}</h3><pre>{_text(text)}</pre>"
    for method, path, operation in operations:
        yield from _operation(method, path, operation)
    yield "<h2 id=schemas>Schemas</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield from _schema(name, schema)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in sorted(document["paths"].items()):
        for method in _METHODS_ORDER:
            if method in operations:
                yield method, path, operations[method]


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<h2 id='{_place(method, path)}'><code>{_call(method, path)}</code></h2>"
    yield f"<p>{_prose(operation['summary'])}</p>"
    if tags := operation.get("tags"):
        yield f"<p>Scope: {_text(', '.join(tags))}</p>"
    if parameters := operation.get("parameters"):
        yield "<div><table><tr><th>Parameter<th>In<th>Required<th>Meaning"
        for each in parameters:
            yield f"<tr><td><code>{_text(each['name'])}</code><td>{_text(each['in'])}"
            yield f"<td>{'yes' if each.get('required') else 'no'}"
            yield f"<td>{_prose(each.get('description') or '')}"
        yield "</table></div>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body ({_text(kind)}): {_type(content['schema'])}</p>"
    yield "<div><table><tr><th>Status<th>Meaning<th>Body"
    for status, answer in operation["responses"].items():
        yield f"<tr><td>{_text(status)}<td>{_prose(answer.get('description') or '')}<td>"
        for content in answer.get("content", {}).values():
            yield _type(content.get("schema", {}))
    yield "</table></div>"


def _schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"<h3 id='{_text(name)}'>{_text(name)}</h3>"
    if "properties" not in schema:
        yield f"<p>{_type(schema)}</p>"
        return
    required = schema.get("required", ())
    yield "<div><table><tr><th>Member<th>Type<th>Required<th>Meaning"
    for member, each in schema["properties"].items():
        yield f"<tr><td><code>{_text(member)}</code><td>{_type(each)}"
        yield f"<td>{'yes' if member in required else 'no'}<td>{_prose(_meaning(each))}"
    yield "</table></div>"


def _type(schema: dict[str, Any]) -> str:
    """What a value is, in a few words."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        return f"<a href='#{_text(name)}'>{_text(name)}</a>"
    if parts := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(_type(part) for part in parts)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " or ".join(f"<code>{_text(value)}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kinds = schema.get("type", "any")
    kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
    return f"{_text(kind)}{_text(_bounds(schema))}"


def _bounds(schema: dict[str, Any]) -> str:
    if "format" in schema:
        return f" ({schema['format']})"
    if "maxLength" in schema:
        return f" ({schema.get('minLength', 0)} to {schema['maxLength']} characters)"
    return f" ({schema['pattern']})" if "pattern" in schema else ""


def _meaning(schema: dict[str, Any]) -> str:
    """Its description, which may stand with one of its forms."""
    forms = [schema, *(schema.get("oneOf") or schema.get("anyOf") or ())]
    return next((form["description"] for form in forms if form.get("description")), "")


def _call(method: str, path: str) -> str:
    return f"{_text(method.upper())} {_text(path)}"


def _place(method: str, path: str) -> str:
    return re.sub("[^a-z0-9]+", "-", f"{method}{path}".lower()).strip("-")


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", _text(text))


def _text(text: object) -> str:
    return html.escape(str(text))
