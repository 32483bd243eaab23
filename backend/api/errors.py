"""What only the door can say no to, or find wrong; statuses are decided in `problems.py`."""

from collections.abc import Mapping

from backend.domain.errors import SalesCrewError
from backend.store.errands import Refusal


class TooLarge(SalesCrewError):
    """The request body is larger than this call takes."""

    code = "too_large"


class UnsupportedMediaType(SalesCrewError):
    """The request body should be plain JSON: `Content-Type: application/json`, not compressed."""

    code = "unsupported_media_type"


class RequestTimeout(SalesCrewError):
    """The request body did not arrive in time."""

    code = "request_timeout"


class HeadersTooLarge(SalesCrewError):
    """The request's headers are larger than 32 kB."""

    code = "headers_too_large"


class TooManyRequests(SalesCrewError):
    """More requests are open here than this caller or this server may have at once."""

    code = "too_many_requests"


class ServerBusy(SalesCrewError):
    """This server has as many requests open as it can serve; nothing was stored."""

    code = "server_busy"


class NotReady(SalesCrewError):
    """This server should not be sent requests now."""

    code = "not_ready"

    def __init__(self, checks: Mapping[str, str]) -> None:
        super().__init__()
        self.checks = checks


class ModelNotFound(SalesCrewError):
    """`model` names no agent of yours; `GET /v1/models` lists them."""

    code = "model_not_found"


class AnswerLate(SalesCrewError):
    """The answer is not there yet. Its turn goes on, and the same request sent again waits for it."""

    code = "answer_late"


class WorkersBusy(SalesCrewError):
    """No worker has answered in time. Nothing is left of the request; send it again."""

    code = "workers_busy"


class ErrandRefused(SalesCrewError):
    """A worker has looked, and this cannot be answered or used."""

    code = "refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class ClientGone(SalesCrewError):
    """The caller closed the connection."""

    code = "client_gone"
