"""The demo question: proof for the user that all of it works, and the way to ask it again."""

from ops.local.ask import DEMO_QUESTION, ask, curl
from ops.local.errors import StackError
from ops.local.stack_file import StackFile
from ops.local.terminal import Terminal


def show(stack: StackFile, terminal: Terminal) -> None:
    """Ask it once and show question, answer and command; a failure is told, and stops nothing."""
    try:
        answer = ask(stack, DEMO_QUESTION)
    except StackError as error:
        terminal.say(f"the demo question was not answered: {error}")
        return
    terminal.plain(
        f"\n  {DEMO_QUESTION}\n\n  {answer.get('response')}\n\n"
        f"Ask it again:\n  {curl(stack, DEMO_QUESTION)}\n"
    )
