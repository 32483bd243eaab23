"""The forms that a setting's text may take: pure readers, which `backend/settings.py` asks."""

import re
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from pydantic import SecretStr

#: Labels of letters, digits and hyphens; the last has a letter, or it is a broken IP address.
_HOST_NAME = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.)*(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]{1,63}")

#: Market data is Banco Central's, read over https; the loopback is for a stand-in.
MARKET_HOST = "api.bcb.gov.br"
_LOOPBACK = ("127.0.0.1", "localhost")


class TracingSettings(TypedDict):
    endpoint: str | None
    headers: str | None
    content: bool


def starting(value: SecretStr | None, *schemes: str) -> SecretStr | None:
    """The address; a ValueError that does not repeat it when it has none of these schemes."""
    if value is not None and not value.get_secret_value().startswith(schemes):
        raise ValueError(f"should be a {' or '.join(schemes)} address")
    return value


def is_host(text: str) -> bool:
    return _is_ip_address(text) or _HOST_NAME.fullmatch(text) is not None


def may_tell_market_data(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for one that is not a port
    except ValueError:
        return False
    if parts.hostname in _LOOPBACK:
        return parts.scheme in ("http", "https")
    return parts.scheme == "https" and parts.hostname == MARKET_HOST


def two_prices(text: str) -> tuple[Decimal, Decimal] | None:
    """The prices in `input/output`; None when it is not that."""
    try:
        given, made = (Decimal(part.strip()) for part in text.split("/"))
    except (ValueError, InvalidOperation):
        return None
    return (
        (given, made) if given.is_finite() and made.is_finite() and min(given, made) >= 0 else None
    )


def directories(text: str) -> tuple[Path, ...] | None:
    """The absolute paths in "one,another"; None when one is not absolute."""
    paths = tuple(Path(part.strip()) for part in text.split(",") if part.strip())
    return paths if all(path.is_absolute() for path in paths) else None


def _is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
