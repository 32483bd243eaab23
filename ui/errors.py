"""What may go wrong here. `code` is the API's own, or one of ours where it did not answer."""

from collections.abc import Mapping


class EnvironmentUnusable(Exception):
    """A variable of the environment is not what it should be; the message names it."""


class ApiFailed(Exception):
    """The API gave no answer to use."""

    def __init__(
        self, code: str, detail: str = "", checks: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        #: What /readyz found of each thing that it looked at.
        self.checks = dict(checks or {})
        #: In the API's words, which may quote what was sent: to be shown as plain text only.
        self.detail = detail
