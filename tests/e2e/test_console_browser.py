"""The console as its reader meets it: a real browser, the real stack, no other host.

Pictures of the pages at two widths are kept in `CONSOLE_PICTURES` (default: `console` in `DATA_DIR`), to be looked at.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops.local.root import ROOT
from ops.media.browser import Browser
from tests.e2e.browser import browser_path
from tests.e2e.stack import Stack

WIDTHS = (1280, 390)
QUESTION = "Quais foram as vendas do mês passado?"
#: Each would be loaded by a page that took it for more than text.
HOSTILE = (
    "<img src=http://elsewhere.invalid/tag.png> ![x](http://elsewhere.invalid/markdown.png) "
    "[y](http://elsewhere.invalid/link)"
)
CHAT_BOX = "[data-testid=stChatInput] textarea"


@pytest.fixture(scope="module")
def pictures() -> Path:
    beside_data = ROOT / os.environ.get("DATA_DIR", ".data") / "console"
    folder = Path(os.environ.get("CONSOLE_PICTURES", beside_data))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def program() -> str:
    """Wanted first of all: without a browser no stack is started either."""
    return browser_path()


@pytest.fixture
def browser(program: str) -> Iterator[Browser]:
    with Browser(program) as browser:
        yield browser


@pytest.fixture
def console(browser: Browser, offline_stack: Stack) -> str:
    """The console's address; somebody with a key to everything has signed in there."""
    address = offline_stack.published.ui_url
    assert address is not None
    sign_in(browser, address, offline_stack)
    browser.wait_for_text("Visão geral")
    return address


def sign_in(browser: Browser, address: str, stack: Stack) -> None:
    browser.open(address)
    browser.write("input[type=password]", stack.published.admin_key)


def ask(browser: Browser, question: str) -> None:
    browser.click("Chat ao vivo")
    browser.write(CHAT_BOX, question)
    browser.wait_for_text("Abrir o turno")


def test_a_question_is_followed_from_the_chat_to_its_trace_and_its_cost(
    browser: Browser, console: str, offline_stack: Stack, pictures: Path
) -> None:
    ask(browser, QUESTION)
    browser.wait_for_text("R$")
    _photograph(browser, pictures, "chat")

    browser.click("Abrir o turno")
    browser.wait_for_text("Linha do tempo")
    browser.wait_for_text("sales_query_metrics")
    browser.wait("document.querySelector('[data-testid=stVegaLiteChart] canvas, svg.marks')")
    assert "SELECT" in browser.text
    _photograph(browser, pictures, "turn")

    # The stack's "today" is pinned; the turn was asked on the clock's.
    today = datetime.now(UTC).date()
    days = f"from={today - timedelta(days=1)}&to={today + timedelta(days=1)}"
    sign_in(browser, f"{console}/costs?group_by=model&{days}", offline_stack)
    browser.wait_for_text("Baixar CSV")
    _photograph(browser, pictures, "costs")
    [figure] = re.findall(r"Ver os ([0-9.]+) turnos", browser.text)
    browser.click(f"Ver os {figure} turnos")
    browser.wait_for_text(f"{figure} no total")
    _photograph(browser, pictures, "turns")

    browser.click("Conversas")
    browser.wait_for_heading("Conversas")
    browser.wait_for_text("no total")
    _photograph(browser, pictures, "conversations")

    browser.click("Visão geral")
    browser.wait_for_text("Falhas recentes")
    _photograph(browser, pictures, "overview")
    assert browser.faults == []
    assert browser.strangers(console) == []
    # The key is in no address that the browser, a proxy or a log would keep.
    assert not [each for each in browser.asked if offline_stack.published.admin_key in each]


def test_what_somebody_wrote_is_text_and_loads_nothing(browser: Browser, console: str) -> None:
    ask(browser, HOSTILE)
    browser.wait_for_text("elsewhere.invalid/markdown.png")
    browser.click("Abrir o turno")
    browser.wait_for_text("Linha do tempo")
    browser.settle()
    assert "<img src=http://elsewhere.invalid/tag.png>" in browser.text
    assert (
        browser.see("document.querySelectorAll('[href*=elsewhere], [src*=elsewhere]').length") == 0
    )
    assert browser.strangers(console) == []


def test_a_page_that_draws_it_as_html_is_noticed(browser: Browser, console: str) -> None:
    """The twin: what the test above would see if the guard were off."""
    image = HOSTILE.partition(" !")[0]
    browser.see(f"document.body.insertAdjacentHTML('beforeend', {image!r})")
    browser.settle()
    assert browser.strangers(console) == ["http://elsewhere.invalid/tag.png"]


def test_a_key_that_only_reads_is_told_that_it_may_not_talk(
    browser: Browser, offline_stack: Stack, pictures: Path
) -> None:
    browser.open(f"{offline_stack.published.ui_url}/chat?lang=en")
    browser.wait("document.querySelector('input[type=password]')")
    _photograph(browser, pictures, "sign_in")
    browser.resize(WIDTHS[0])
    browser.write("input[type=password]", offline_stack.published.operator_key)
    browser.write(CHAT_BOX, QUESTION)
    browser.wait_for_text("needs a key with the scope chat")


def _photograph(browser: Browser, pictures: Path, name: str) -> None:
    for width in reversed(WIDTHS):
        browser.photograph(pictures / f"{name}_{width}.png", width)
    browser.resize(WIDTHS[0])
