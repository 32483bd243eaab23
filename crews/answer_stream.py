"""The text of the answer on its way to the client, while a model still writes it."""

from backend.domain.events import EventKind
from backend.domain.ports import Emit, OnText


class AnswerStream:
    """Carries final-answer text and nothing else; silent without a listener.

    A model may write a sentence and then ask for a tool. Such text has been heard by then, so it
    is voided by `answer.restarted`. Whoever buffers text between `on_text` and the client must
    drop its buffer at that event.
    """

    def __init__(self, on_text: OnText | None, emit: Emit) -> None:
        self._on_text = on_text
        self._emit = emit
        self._heard = False

    @property
    def listened(self) -> bool:
        return self._on_text is not None

    def write(self, text: str) -> None:
        if self._on_text is not None and text:
            self._heard = True
            self._on_text(text)

    def restart(self, reason: str) -> None:
        """Void what has been written so far, if anything has."""
        if self._heard:
            self._heard = False
            self._emit(EventKind.ANSWER_RESTARTED, {"reason": reason})
