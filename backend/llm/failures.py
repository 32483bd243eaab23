"""What went wrong in a call, whichever SDK, HTTP library or JSON reader says so.

A provider's own words are read here to tell errors apart and go no further: they may quote the
prompt or the key. What is logged is a status and a short code.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from backend.domain.errors import (
    ContentRefused,
    ContextTooLong,
    ModelAnswerUnusable,
    ModelMisconfigured,
    ModelUnavailable,
    SalesCrewError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failed attempt: what to raise, and whether the same request could succeed later."""

    error: SalesCrewError
    retry: bool = False
    #: How long the provider asked us to wait, in seconds.
    retry_after: float | None = None
    status: int | None = None
    #: For the log: a provider's error code or an exception's class, never its text.
    code: str = ""


def failure_of(error: Exception) -> Failure:
    """Tell what an attempt's exception means. Anything not recognised is an unreadable answer."""
    for cause in _chain(error):
        if isinstance(cause, SalesCrewError):
            return Failure(error=cause, code=cause.code)
        if _status(cause) is not None or isinstance(_body(cause), Mapping):
            return _told_by_provider(cause)
        if isinstance(cause, httpx2.LocalProtocolError | httpx2.InvalidURL):
            return Failure(error=ModelMisconfigured(), code=type(cause).__name__)
        if isinstance(cause, httpx2.TransportError):
            return Failure(error=ModelUnavailable(), retry=True, code=type(cause).__name__)
    return Failure(error=ModelAnswerUnusable(), code=type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


# Status codes ------------------------------------------------------------------------------------

#: Busy or broken for the moment: timeout, conflict, too early, too many requests. And all 5xx
#: (529 is Anthropic's "overloaded").
_PASSING = frozenset({408, 409, 425, 429})
#: The same in words, for errors that arrive inside a stream whose status was already 200.
_PASSING_CODES = re.compile(
    r"overloaded|api_error|rate_limit|timeout|server_error|unavailable|internal|exhausted", re.I
)
_REQUEST_AT_FAULT = re.compile(r"invalid|auth|permission|not_found|unsupported", re.I)
#: A 429 that no waiting cures: the account has no money left.
_OUT_OF_MONEY = re.compile(r"insufficient_quota|billing|credit balance", re.I)
_TOO_LONG = re.compile(
    r"context_length_exceeded|maximum context length|prompt is too long|exceed[s_]? ?context"
    r"|maximum number of tokens allowed|available context size|context window"
    r"|input is too long|reduce the length",
    re.I,
)
_REFUSED = re.compile(r"content_filter|content_policy|content management policy|invalid_prompt")


def _told_by_provider(error: BaseException) -> Failure:
    status = _status(error)
    code, words = _code_and_words(error)
    said: dict[str, Any] = {"status": status, "code": _short(code)}
    if status == 413 or (status in (None, 200, 400, 422) and _TOO_LONG.search(words)):
        return Failure(error=ContextTooLong(), **said)
    if status in (None, 200, 400, 403) and _REFUSED.search(words):
        return Failure(error=ContentRefused(), **said)
    if _passing(status, code) and not _OUT_OF_MONEY.search(words):
        headers = _headers(error)
        return Failure(
            error=ModelUnavailable(),
            retry=headers.get("x-should-retry") != "false",
            retry_after=retry_after(headers, now=datetime.now(UTC)) or _retry_delay(error),
            **said,
        )
    if status in (None, 200) and not _REQUEST_AT_FAULT.search(code):
        return Failure(error=ModelAnswerUnusable(), **said)
    return Failure(error=ModelMisconfigured(), **said)


def _passing(status: int | None, code: str) -> bool:
    if status is None or status == 200:
        return bool(_PASSING_CODES.search(code))
    return status in _PASSING or status >= 500


def _status(error: BaseException) -> int | None:
    """`status_code` of openai and anthropic, `code` of google-genai (an int there alone)."""
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _body(error: BaseException) -> Any:
    """The error object of a provider, without the envelope that two of three put around it."""
    body = getattr(error, "body", None) or getattr(error, "details", None)
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping):
        return body["error"]
    return body


def _code_and_words(error: BaseException) -> tuple[str, str]:
    body = _body(error)
    if not isinstance(body, Mapping):
        return "", str(body or "")
    codes = [str(body[name]) for name in ("code", "type", "status") if body.get(name)]
    return (" ".join(codes), " ".join([*codes, str(body.get("message", ""))]))


def _short(code: str) -> str:
    """Only what looks like a code, so that a log line never carries a sentence."""
    return " ".join(re.findall(r"\b[A-Za-z0-9_.-]{1,48}\b", code)[:3])


# How long to wait --------------------------------------------------------------------------------


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds to wait by `Retry-After`, given as seconds or as a date, or by `retry-after-ms`."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        instant = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (instant.replace(tzinfo=instant.tzinfo or UTC) - now).total_seconds())


def _retry_delay(error: BaseException) -> float | None:
    """Gemini sends no header; its error holds `{"retryDelay": "17s"}` among the details."""
    body = _body(error)
    details = body.get("details") if isinstance(body, Mapping) else None
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, Mapping) else None
        if isinstance(delay, str):
            return _number(delay.removesuffix("s"))
    return None


def _headers(error: BaseException) -> Mapping[str, str]:
    headers = getattr(getattr(error, "response", None), "headers", None)
    return headers if isinstance(headers, Mapping) else {}


def _number(text: str | None) -> float | None:
    """A count of seconds as headers write it; not NaN, not negative, not endless."""
    if text is None or not re.fullmatch(r"\s*\d{1,9}(\.\d{1,9})?\s*", text):
        return None
    return float(text)
