"""Which model to speak to, and where."""

from dataclasses import dataclass, field
from decimal import Decimal
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
    #: Dollars for a million tokens read and a million written. Goes before the price list, which
    #: knows no model of one's own and no price that was negotiated.
    price_per_million: tuple[Decimal, Decimal] | None = None
