"""What can go wrong, as classes with a stable public `code`.

The docstring is the default message and the one that callers may read. HTTP status is decided
at the door (`backend/api/problems.py`).
"""

from typing import ClassVar

from backend.domain.usage import Usage


class SalesCrewError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "internal"
    #: What a failed model call used all the same, where its provider told.
    usage: Usage | None = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or self.code).strip())


class Unauthenticated(SalesCrewError):
    """The API key is missing or unknown."""

    code = "unauthenticated"


class NotAllowed(SalesCrewError):
    """The API key's scopes do not include this."""

    code = "not_allowed"


class NotFound(SalesCrewError):
    """There is nothing by that id here."""

    code = "not_found"


class InvalidRequest(SalesCrewError):
    """The request does not have the form that the contract describes."""

    code = "invalid_request"


class FactClosed(SalesCrewError):
    """The fact was replaced before; only a current one can be changed."""

    code = "fact_closed"


class IdempotencyConflict(SalesCrewError):
    """The idempotency key was used before with another request."""

    code = "idempotency_conflict"


class StoreUnavailable(SalesCrewError):
    """The database does not answer; nothing was stored."""

    code = "store_unavailable"


class ClaimLost(SalesCrewError):
    """The task has a newer claimant; what this one did must not be written."""

    code = "claim_lost"


class PersonErased(SalesCrewError):
    """Whoever asked was erased before the answer was ready."""

    code = "person_erased"


class ErasureFailed(SalesCrewError):
    """The erasure could not be brought to its end; what it has taken is gone. Ask once more."""

    code = "erasure_failed"


class DeadlineExceeded(SalesCrewError):
    """The turn's deadline passed before an answer was ready."""

    code = "deadline_exceeded"


class AttemptsExhausted(SalesCrewError):
    """The turn failed on every attempt it was given."""

    code = "attempts_exhausted"


class ModelUnavailable(SalesCrewError):
    """The language model could not be reached, or kept refusing."""

    code = "model_unavailable"


class ModelMisconfigured(SalesCrewError):
    """The language model refuses the key, the model name or the request; trying again is useless."""

    code = "model_misconfigured"


class ModelAnswerUnusable(SalesCrewError):
    """The language model answered with something that must not be shown: cut, empty or garbled."""

    code = "model_answer_unusable"


class ContextTooLong(SalesCrewError):
    """The question and its context are longer than the language model accepts."""

    code = "context_too_long"


class ContentRefused(SalesCrewError):
    """The language model or its provider declined to answer this content."""

    code = "content_refused"


class PriceUnknown(SalesCrewError):
    """The model has no known price, and unpriced is never zero."""

    code = "price_unknown"


class SalesQueryInvalid(SalesCrewError):
    """The metric query names something that the semantic model does not define."""

    code = "metric_not_defined"


class SalesNotPermitted(SalesCrewError):
    """The person may not see this sales data."""

    code = "not_permitted"


class SourceUnavailable(SalesCrewError):
    """The source of the data does not answer."""

    code = "source_unavailable"


def public_message(code: str) -> str:
    """What callers may read of a stored error code; unknown codes say no more than that."""
    return _MESSAGES.get(code, _MESSAGES["internal"])


def _messages() -> dict[str, str]:
    classes: list[type[SalesCrewError]] = [SalesCrewError, *SalesCrewError.__subclasses__()]
    return {each.code: (each.__doc__ or "").strip() for each in classes}


_MESSAGES = _messages()
