"""Which model to speak to, and where."""

from dataclasses import dataclass, field
from typing import Literal

Provider = Literal["openai", "anthropic", "gemini", "openai_compatible", "offline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """One model of one provider, with the credentials of whoever pays for it."""

    provider: Provider
    model: str = ""
    api_key: str = field(default="", repr=False)
    #: None means the provider's own address; `openai_compatible` must name one.
    base_url: str | None = None
    #: Caps one attempt of a call; the request's deadline bounds them all together.
    timeout_seconds: float = 30.0
