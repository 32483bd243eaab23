"""The README's pictures, taken from the running stack: `python -m ops.media` (`make demo-media`).

A question in the terminal, the same in the console's chat, its trace, and what answers cost. Asks
the running stack a few questions, as a demo person.
"""

import sys
import tempfile
from pathlib import Path

from ops.local import configuration, stack_file
from ops.local.ask import ask
from ops.local.errors import StackError
from ops.local.stack_file import StackFile
from ops.media import film, terminal
from ops.media.browser import Browser, BrowserFailed, browser_path
from ops.media.film import Scene

PICTURES = Path(__file__).parent / "pictures"
QUESTION = "Quais foram as vendas do mês passado?"
NEXT_QUESTION = "e por região?"
PERSON = "ana"
WIDTH = 1280
CHAT_BOX = "[data-testid=stChatInput] textarea"


def main() -> int:
    path = browser_path()
    if path is None:
        return _complain("No Chromium on this machine (Debian: apt-get install chromium).")
    stack = stack_file.read(configuration.load().data.stack_file)
    if stack is None or stack.ui_url is None:
        return _complain("The stack is not running with its console; `make up` starts it.")
    PICTURES.mkdir(exist_ok=True)
    try:
        with Browser(path) as browser, tempfile.TemporaryDirectory() as folder:
            _film(browser, stack, stack.ui_url, Path(folder))
    except (BrowserFailed, StackError) as error:
        return _complain(str(error))
    for picture in sorted(PICTURES.iterdir()):
        print(f"{picture}: {picture.stat().st_size // 1024} kB")
    return 0


def _film(browser: Browser, stack: StackFile, console: str, folder: Path) -> None:
    scenes = [*_in_the_terminal(browser, stack, folder)]
    browser.open(console)
    browser.write("input[type=password]", stack.admin_key)
    browser.wait_for_text("Visão geral")
    scenes.append(_scene(browser, "overview", 2.0))

    browser.click("Chat ao vivo")
    for question in (QUESTION, NEXT_QUESTION):
        browser.write(CHAT_BOX, question)
        browser.wait(f"{_ANSWERS} >= {1 if question == QUESTION else 2}")
        scenes.append(_scene(browser, "chat", 3.0))

    browser.click("Abrir o turno")
    browser.wait_for_text("Linha do tempo")
    browser.wait("document.querySelector('[data-testid=stVegaLiteChart] canvas, svg.marks')")
    scenes.append(_scene(browser, "turn", 3.5))

    browser.click("Custos")
    browser.wait_for_text("Baixar CSV")
    scenes.append(_scene(browser, "costs", 3.0))
    film.write(PICTURES / "demo.gif", scenes)


def _in_the_terminal(browser: Browser, stack: StackFile, folder: Path) -> list[Scene]:
    command = f'make ask Q="{QUESTION}"'
    answer = ask(stack, QUESTION, PERSON)
    scenes = []
    for number, (shown, seconds) in enumerate(((None, 1.2), (answer, 4.0))):
        browser.open(terminal.page(command, shown))
        browser.wait("document.querySelector('pre')")
        picture = folder / f"terminal_{number}.png"
        browser.photograph(picture, WIDTH)
        scenes.append(Scene(picture, seconds))
    return scenes


def _scene(browser: Browser, name: str, seconds: float) -> Scene:
    picture = PICTURES / f"{name}.png"
    browser.photograph(picture, WIDTH)
    browser.resize(WIDTH)
    return Scene(picture, seconds)


#: How many answers the chat shows.
_ANSWERS = "(document.body.innerText.match(/Abrir o turno/g) ?? []).length"


def _complain(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
