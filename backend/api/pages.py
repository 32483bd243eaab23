"""Where a list goes on: an opaque cursor over the last row that was shown."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from backend.domain.errors import InvalidRequest


def cursor_of(moment: datetime, row_id: UUID) -> str:
    """The place after this row in a list that is ordered by moment, then id."""
    text = f"{moment.isoformat()} {row_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[datetime, UUID]:
    """What `cursor_of` was given. Raises InvalidRequest."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        moment, row_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(" ")
        place = datetime.fromisoformat(moment), UUID(row_id)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest("`cursor` is not one of ours") from error
    if place[0].tzinfo is None:
        raise InvalidRequest("`cursor` is not one of ours")
    return place
