"""A tenant's playbook as files: Markdown with a front matter, cut into passages at its headings.

---
title: Política de descontos
language: pt
updated: 2026-08-03
---
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What stands under one heading. `text` is plain: tables become lines."""

    title: str
    section: str
    text: str
    language: Language
    updated: date


def read_pages(directory: Path) -> tuple[Passage, ...]:
    """Every passage of the directory's `*.md`, by file name and then as written.

    Raises ValueError naming the file when one has no usable front matter.
    """
    return tuple(passage for path in sorted(directory.glob("*.md")) for passage in _passages(path))


def _passages(path: Path) -> Iterator[Passage]:
    matched = _PAGE.fullmatch(path.read_text(encoding="utf-8"))
    head: Any = yaml.safe_load(matched["head"]) if matched else None
    try:
        title, updated = str(head["title"]), head["updated"]
        language = Language(head["language"])
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"{path.name} needs title, language and updated at its top") from error
    if matched is None or not isinstance(updated, date):
        raise ValueError(f"{path.name} should be updated on a day, as YYYY-MM-DD")
    section, lines = title, list[str]()
    for line in [*matched["body"].splitlines(), "## "]:
        if not line.startswith(("# ", "## ")):
            lines.append(line)
            continue
        text = _plain(lines)
        if text:
            yield Passage(
                title=title, section=section, text=text, language=language, updated=updated
            )
        section, lines = line.lstrip("#").strip(), []


def _plain(lines: list[str]) -> str:
    """The lines without Markdown's table marks; "| a | b |" reads "a: b"."""
    kept = [line.strip() for line in lines if not _TABLE_RULE.fullmatch(line.strip())]
    rows = [_row(line) if line.startswith("|") else line for line in kept]
    return re.sub(r"\n{2,}", "\n", "\n".join(rows)).strip()


def _row(line: str) -> str:
    first, *others = [cell.strip() for cell in line.strip("|").split("|")]
    return f"{first}: {'; '.join(others)}" if others else first


_PAGE = re.compile(r"---\n(?P<head>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_TABLE_RULE = re.compile(r"\|[\s|:-]+\|")
