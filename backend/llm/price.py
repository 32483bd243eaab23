"""What a call cost, from the price list that ships with `genai-prices`, to the nano-dollar.

The list knows tiers (long prompts cost more), cached tokens and dates. It is data of the
installed version: nothing is fetched. A model it does not know has no price, which is not zero.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeGuard

import genai_prices

from backend.domain.errors import PriceUnknown
from backend.domain.usage import NANO_PER_DOLLAR, Usage
from backend.llm.model_config import ModelConfig

#: Our names of the providers, as the price list names them.
_PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens of one call. `input` is all that was read, `output` all that was written.

    `cached` and `cache_written` are parts of `input` with prices of their own.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_written: int = 0

    @classmethod
    def told(cls, *, read: object, written: object, **parts: object) -> "Tokens | None":
        """What a provider says it counted; None unless it counted what was read and written.

        Not every compatible server counts, and some say so with null, a string or nothing.
        """
        if not _is_count(read) or not _is_count(written):
            return None
        counted = {name: value for name, value in parts.items() if _is_count(value)}
        return cls(input=read, output=written, **counted)


class PriceList:
    """The prices of one configured model. Its base URL tells whose a compatible model is."""

    def __init__(self, config: ModelConfig) -> None:
        self._config = config

    def usage_of(self, tokens: Tokens | None, *, answered_by: str) -> Usage:
        """One call's usage with its cost, or unpriced when tokens or price are unknown.

        `answered_by` is the model as the answer names it, often more exact than the alias
        that was asked for; it may also be one that the list does not know.
        """
        counted = tokens or Tokens()
        cost = None
        if tokens is not None:
            cost = self._cost_nano(tokens, answered_by)
            if cost is None:
                cost = self._cost_nano(tokens, self._config.model)
        return Usage(
            llm_calls=1,
            input_tokens=counted.input,
            cached_input_tokens=counted.cached,
            output_tokens=counted.output,
            cost_nano=cost or 0,
            priced=cost is not None,
        )

    def require_price(self) -> None:
        """Raise PriceUnknown unless the configured model has a price; for the start."""
        if self._cost_nano(Tokens(), self._config.model) is None:
            raise PriceUnknown

    def _cost_nano(self, tokens: Tokens, model: str) -> int | None:
        agreed = self._config.price_per_million
        if agreed is not None:
            return _nano((tokens.input * agreed[0] + tokens.output * agreed[1]) / 1_000_000)
        used = genai_prices.Usage(
            input_tokens=tokens.input,
            cache_read_tokens=tokens.cached,
            cache_write_tokens=tokens.cache_written,
            output_tokens=tokens.output,
        )
        name = model.removeprefix("models/")
        known = _PROVIDERS.get(self._config.provider)
        try:
            if known is not None:
                price = genai_prices.calc_price(used, name, provider_id=known)
            else:
                url = self._config.base_url or ""
                price = genai_prices.calc_price(used, name, provider_api_url=url)
        except (LookupError, ValueError):
            # Unknown model or provider; or counts that contradict each other.
            return None
        return _nano(price.total_price)


def _nano(dollars: Decimal) -> int:
    return int((dollars * NANO_PER_DOLLAR).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
