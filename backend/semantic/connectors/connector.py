"""What a kind of client database must do for `source.py`: open a session that only reads, and run."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

#: A figure that takes longer is not one for a conversation.
STATEMENT_SECONDS = 5.0
#: The server ends a statement first; this is for the server that does not.
ANSWER_SECONDS = STATEMENT_SECONDS + 2.0


class Connector(Protocol):
    """Opens and asks one client database. Errors of its driver are among `errors`."""

    errors: tuple[type[Exception], ...]
    #: True where a session is in a transaction that has to end before the next question.
    transactional: bool

    def connect(self) -> Any:
        """A session that cannot write, whatever it is told."""
        ...

    def is_alive(self, connection: Any) -> bool:
        """False for a session that has to be opened again."""
        ...

    def rows(
        self, connection: Any, sql: str, params: Mapping[str, object]
    ) -> Iterator[tuple[Any, ...]]:
        """The rows, a few at a time. Ends with an error of the driver's after ANSWER_SECONDS."""
        ...

    def writable(self, connection: Any) -> tuple[str, ...]:
        """What the login itself could write, were the session not read-only; empty is right."""
        ...

    def close(self) -> None:
        """Gives up what is kept beside sessions."""
        ...
