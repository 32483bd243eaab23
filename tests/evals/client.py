"""The product's own HTTP, as a client uses it."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from ops.local.stack_file import StackFile
from tests.evals.companies import DEMO, Companies

#: Longer than a model may take for an answer.
PATIENCE_SECONDS = 130.0


class EvaluationFailed(Exception):
    """The stack refused what it was asked for; the message holds its own words."""


class Client:
    """Speaks with the demo tenant's keys."""

    def __init__(self, published: StackFile) -> None:
        self._keys = {
            "chat": published.api_key,
            "operator": published.operator_key,
            "admin": published.admin_key,
        }
        self._http = httpx.Client(
            base_url=published.api_url, timeout=PATIENCE_SECONDS, trust_env=False
        )
        self._opened = {DEMO}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def open_source(self, name: str, companies: Companies) -> None:
        """Make sure that the tenant has the data source of that name."""
        if name not in self._opened:
            self.post("/data-sources", "admin", companies.source(name))
            self._opened.add(name)

    def post(self, path: str, scope: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's body. Raises EvaluationFailed for any other status than 2xx."""
        response = self._http.post(
            path,
            json=body,
            headers={"Authorization": f"Bearer {self._keys[scope]}", "Prefer": "wait=120"},
        )
        if not response.is_success:
            raise EvaluationFailed(f"POST {path}: {response.status_code} {response.text[:500]}")
        told: dict[str, Any] = response.json()
        return told
