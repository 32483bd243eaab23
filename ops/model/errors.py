"""Why a database could not be drafted; the message is the one line that the user reads."""

from typing import ClassVar


class DraftError(Exception):
    """No model can be drafted."""

    code: ClassVar[str] = "draft_failed"


class DatabaseUnreadable(DraftError):
    """It cannot be reached or read. Nothing of the DSN is in the message."""

    code = "database_unreadable"


class NothingToDraft(DraftError):
    """There is no table that a figure could come from."""

    code = "nothing_to_draft"
