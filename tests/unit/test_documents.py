"""README and ARCHITECTURE name only what exists: paths, commands, variables."""

import re
from pathlib import Path

import pytest

from backend.settings import Settings

ROOT = Path(__file__).parents[2]
LANGUAGES = ("README.md", "README.pt-BR.md")
PAGES = (*LANGUAGES, "ARCHITECTURE.md")
#: First folders of a path of ours; anything else in backticks is code, an address or a name.
ROOMS = ("backend", "crews", "knowledge", "ops", "tests", "ui")


def code_spans(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"`([^`\n]+)`", text)


@pytest.mark.parametrize("page", PAGES)
def test_every_path_exists(page: str) -> None:
    named = [span for span in code_spans(page) if span.split("/")[0] in ROOMS]
    assert named
    assert [span for span in named if not (ROOT / span).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_one_of_ours(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = set(re.findall(r"\bmake ([a-z-]+)\b(?=[`\s|])", text))
    assert commands <= targets | {"sure"}


def test_every_variable_in_backticks_is_a_setting() -> None:
    known = {name.upper() for name in Settings.model_fields}
    make_only = {"DETACH", "DEMO", "DSN", "EVAL", "FILE", "Q"}
    for page in PAGES:
        named = {
            match.group(1)
            for span in code_spans(page)
            if (match := re.match(r"([A-Z][A-Z_]{3,})(?:=|$)", span))
        }
        assert named <= known | make_only, page


def test_both_languages_have_the_same_headings_commands_and_tables() -> None:
    english, portuguese = (shape(page) for page in LANGUAGES)
    assert english == portuguese


def shape(page: str) -> dict[str, object]:
    """What a page says in every language alike."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {
        "headings": [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)],
        "blocks": [body if kind in {"sh", "json"} else kind for kind, body in blocks],
        "code": sorted(re.findall(r"`([^`\n]+)`", prose)),
        "rows": [
            table.count("\n") for table in re.findall(r"(?:^\|[^\n]*\n)+", prose, re.MULTILINE)
        ],
        "pictures": re.findall(r"!\[[^]]*\]\(([^)]+)\)", prose),
    }
