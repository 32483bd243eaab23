"""A terminal as a page, to be photographed: what a real command printed, nothing else."""

import html
import json
from typing import Any
from urllib.parse import quote

#: Lines of an answer that fit beside each other with what they say about it.
MOST_LINES = 26

_PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #10191f; }}
pre {{ margin: 0; padding: 28px 32px; color: #d7e0e5; font: 16px/1.5 "DejaVu Sans Mono", monospace;
       white-space: pre-wrap; overflow-wrap: anywhere; }}
b {{ color: #7fd1c1; font-weight: normal; }}
</style><pre><b>$</b> {command}\n{output}</pre>"""


def page(command: str, answer: dict[str, Any] | None) -> str:
    """The address of a page with the command and, once it has answered, what it printed."""
    output = "" if answer is None else _beginning(answer)
    text = _PAGE.format(command=html.escape(command), output=html.escape(output))
    return f"data:text/html;charset=utf-8,{quote(text)}"


def _beginning(answer: dict[str, Any]) -> str:
    """The parts of the printed answer that a reader looks for first, as they were printed."""
    first = ("response", "model", "tokens_used", "route", "tool_calls", "usage", "time_ms")
    shown = {name: answer[name] for name in first}
    shown["tool_calls"] = [
        {name: call[name] for name in ("name", "arguments", "ok", "rows", "time_ms")}
        for call in answer["tool_calls"]
    ]
    lines = json.dumps(shown, ensure_ascii=False, indent=2).splitlines()
    return "\n".join(lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "  …"])
