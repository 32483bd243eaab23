"""Tokens and money. Money is whole nano-dollars: sums never drift, and a token of the
cheapest model still costs a whole number of them.
"""

from dataclasses import dataclass
from decimal import Decimal

NANO_PER_DOLLAR = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What model calls used. `input_tokens` includes the cached ones."""

    llm_calls: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost_nano: int = 0
    #: False as soon as one call's price was unknown; its cost is then missing from the sum.
    priced: bool = True

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            llm_calls=self.llm_calls + other.llm_calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_nano=self.cost_nano + other.cost_nano,
            priced=self.priced and other.priced,
        )

    @property
    def tokens_used(self) -> int:
        return self.input_tokens + self.output_tokens


def dollars(nano: int) -> str:
    """Nano-dollars as a decimal string with six places or more, never in exponent form."""
    exact = Decimal(nano) / NANO_PER_DOLLAR
    text = f"{exact:.9f}".rstrip("0")
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(6, '0')}"
