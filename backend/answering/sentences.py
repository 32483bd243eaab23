"""Let text out sentence by sentence, each only after its figures were checked.

A gate that meets a figure without evidence closes: nothing after it is said, and the check of
the whole draft decides what is told instead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from backend.answering.evidence import Evidence
from backend.answering.numbers import written_numbers

#: A sentence ends at a mark that is followed by space (so not inside "1.234"), or at a line's end.
_END = re.compile(r"[.!?…:;](?=\s)|\n")


@dataclass(slots=True)
class SentenceGate:
    """Stands between a model's stream and the client."""

    evidence: Evidence
    let_out: Callable[[str], None]
    _held: str = ""
    said: str = ""
    closed: bool = False

    def feed(self, text: str) -> None:
        if self.closed:
            return
        self._held += text
        while (end := _END.search(self._held)) is not None and not self.closed:
            self._release(self._held[: end.end()])

    def finish(self) -> None:
        """The text is complete: what is left is the last sentence."""
        if self._held and not self.closed:
            self._release(self._held)

    def restart(self) -> None:
        """What was said is void."""
        self._held, self.said, self.closed = "", "", False

    def _release(self, sentence: str) -> None:
        if unsupported(sentence, self.evidence):
            self.closed = True
            return
        self._held = self._held[len(sentence) :]
        self.said += sentence
        self.let_out(sentence)


def unsupported(text: str, evidence: Evidence) -> list[str]:
    """The figures of a text that nothing supports, as they are written."""
    return [number.text for number in written_numbers(text) if not evidence.supports(number)]
