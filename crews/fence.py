"""Other people's words, put into a prompt so that they can only be read, never obeyed or mistaken.

A fence is a pair of tags (`<memory>`, `<asked>`, `<found>`) around JSON strings. Quoted text can
close neither the string nor the tag, and holds no character that a reader does not see: `<`, `{`
and invisible characters are written as JSON escapes.
"""

import json
import re
from collections.abc import Iterable

from backend.domain.chat import Remembered, Subject

#: `<` could close a tag; `{` could open a placeholder (CrewAI replaces `{tools}`, `{tool_names}`
#: and `{input}` in the finished prompt); the rest is invisible or turns the direction of text.
_UNSAFE = re.compile(
    "[<{\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_NOT_OF_A_DATE = re.compile(r"[^0-9TZ:+.-]")


def quote(text: str) -> str:
    """`text` as one line of JSON that decodes to exactly `text`."""
    return _UNSAFE.sub(_escape, json.dumps(text, ensure_ascii=False))


def question(subject: Subject) -> str:
    """The question, dated, with the asker's stored name if there is one."""
    by = f" by={quote(subject.user_name)}" if subject.user_name else ""
    return f"<asked {subject.today.isoformat()}{by}>{quote(subject.question)}</asked>"


def memory(lines: Iterable[Remembered]) -> str:
    """What was said before, one dated and attributed line each; nothing when there is none."""
    quoted = "\n".join(f"{_date(line.at)} {_whose(line)}: {quote(line.text)}" for line in lines)
    return f"<memory>\n{quoted}\n</memory>\n" if quoted else ""


def findings(text: str) -> str:
    """What the analyst found, for the colleague who goes on from it."""
    return f"<found>{quote(text)}</found>"


def _whose(line: Remembered) -> str:
    return f"{line.told_by} fact" if line.source == "fact" else line.role


def _date(at: str) -> str:
    # Ours by contract; kept to its alphabet because imported history brings it along.
    return _NOT_OF_A_DATE.sub("", at)


def _escape(found: re.Match[str]) -> str:
    # json writes what lies beyond the basic plane as two escapes, as JSON wants it.
    character = found.group()
    return f"\\u{ord(character):04x}" if character <= "\x7f" else json.dumps(character)[1:-1]
