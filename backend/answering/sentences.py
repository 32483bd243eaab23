"""Let text out sentence by sentence, each only after its figures were checked.

A gate that meets a figure without evidence closes: nothing after it is said, and the check of
the whole draft decides what is told instead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from backend.answering.evidence import Evidence
from backend.answering.statements import sentence_ends
from backend.answering.support import faults

#: A list's mark ("1. ") is no sentence: what follows tells what it is.
_MARK_ONLY = re.compile(r"^[ \t*#-]*\d{1,2}[.)]$", re.MULTILINE)


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
        while sentence := _first_sentence(self._held):
            if not self._release(sentence):
                return

    def finish(self) -> None:
        """The text is complete: what is left is the last sentence."""
        if self._held and not self.closed:
            self._release(self._held)

    def restart(self) -> None:
        """What was said is void."""
        self._held, self.said, self.closed = "", "", False

    def _release(self, sentence: str) -> bool:
        if unsupported(self.said + sentence, self.evidence, since=len(self.said)):
            self.closed = True
            return False
        self._held = self._held[len(sentence) :]
        self.said += sentence
        self.let_out(sentence)
        return True


def unsupported(text: str, evidence: Evidence, since: int = 0) -> list[str]:
    """What a text states from position `since` on and nothing supports, as it is written."""
    return [wrong for _, found in faults(text, evidence, since) for wrong in found]


def _first_sentence(held: str) -> str:
    """The first whole sentence of a text; empty when it may still go on."""
    for end in sentence_ends(held):
        sentence = held[:end]
        if not _MARK_ONLY.search(sentence.rsplit("\n", 1)[-1]):
            return sentence
    return ""
