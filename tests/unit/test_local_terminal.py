"""Each line says who speaks; a terminal that goes away stops nothing."""

import io

from ops.local.terminal import Terminal


def test_each_line_carries_the_name_of_its_speaker() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.program("worker", "ready")
    terminal.say("healthy")
    assert stream.getvalue() == "worker   | ready\nstack    | healthy\n"


def test_without_echo_only_the_stack_speaks() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream, echo=False)
    terminal.program("worker", "ready")
    terminal.say("healthy")
    assert stream.getvalue() == "stack    | healthy\n"


def test_what_is_not_a_terminal_gets_no_colours() -> None:
    stream = io.StringIO()
    Terminal(stream).program("api", "x")
    assert "\033" not in stream.getvalue()


def test_a_closed_terminal_is_given_up_silently() -> None:
    class Closed(io.StringIO):
        writes = 0

        def write(self, _: str) -> int:
            Closed.writes += 1
            raise BrokenPipeError

    terminal = Terminal(Closed())
    terminal.say("one")
    terminal.say("two")
    assert Closed.writes == 1
