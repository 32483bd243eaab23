"""Money to the nano-dollar, from the list that ships with the package."""

from decimal import Decimal

import pytest

from backend.domain.errors import PriceUnknown
from backend.llm.factory import require_price
from backend.llm.model_config import ModelConfig, Provider
from backend.llm.price import PriceList, Tokens


def _cost(provider: Provider, model: str, tokens: Tokens, base_url: str | None = None) -> int:
    prices = PriceList(ModelConfig(provider=provider, model=model, base_url=base_url))
    usage = prices.usage_of(tokens, answered_by=model)
    assert usage.priced
    return usage.cost_nano


def test_cached_tokens_cost_less_and_written_ones_more() -> None:
    # $2.50 for a million read, $1.25 cached, $10 written by the model.
    assert _cost("openai", "gpt-4o", Tokens(input=1_000, cached=400, output=100)) == 3_000_000
    # $1, $0.10 from the cache, $1.25 into it, $5.
    tokens = Tokens(input=1_000, cached=400, cache_written=100, output=100)
    assert _cost("anthropic", "claude-haiku-4-5", tokens) == 1_165_000


def test_one_token_of_a_cheap_model_is_not_nothing() -> None:
    assert _cost("openai", "gpt-5-nano", Tokens(input=1)) == 50


def test_a_long_prompt_is_on_a_dearer_tier() -> None:
    short = _cost("gemini", "gemini-2.5-pro", Tokens(input=200_000))
    long = _cost("gemini", "gemini-2.5-pro", Tokens(input=300_000))

    assert (short, long) == (250_000_000, 750_000_000)


def test_a_compatible_model_is_known_by_its_address() -> None:
    tokens = Tokens(input=1_000_000)
    groq = "https://api.groq.com/openai/v1"
    assert _cost("openai_compatible", "llama-3.3-70b-versatile", tokens, groq) == 590_000_000


def test_an_agreed_price_goes_before_the_list() -> None:
    config = ModelConfig(
        provider="openai_compatible",
        model="our-own",
        base_url="http://gpu.test/v1",
        price_per_million=(Decimal("0.10"), Decimal("0.40")),
    )

    usage = PriceList(config).usage_of(Tokens(input=10, output=5), answered_by="whatever")

    assert (usage.cost_nano, usage.priced) == (3_000, True)
    require_price(config)


@pytest.mark.parametrize(
    ("asked", "answered_by"),
    [
        ("gpt-4o", "gpt-4o-2024-08-06"),
        ("gpt-4o", "a-name-of-the-gateway"),
        ("a-deployment", "gpt-4o"),
    ],
)
def test_either_name_finds_the_price(asked: str, answered_by: str) -> None:
    prices = PriceList(ModelConfig(provider="openai", model=asked))

    usage = prices.usage_of(Tokens(input=1_000), answered_by=answered_by)

    assert (usage.cost_nano, usage.priced) == (2_500_000, True)


@pytest.mark.parametrize(
    "tokens", [None, Tokens(input=10, cached=20)], ids=["uncounted", "contradiction"]
)
def test_what_cannot_be_counted_is_not_free(tokens: Tokens | None) -> None:
    usage = PriceList(ModelConfig(provider="openai", model="gpt-4o")).usage_of(
        tokens, answered_by="gpt-4o"
    )

    assert (usage.llm_calls, usage.cost_nano, usage.priced) == (1, 0, False)


@pytest.mark.parametrize("odd", [None, -1, "12", 1.5, True])
def test_only_counts_are_counts(odd: object) -> None:
    assert Tokens.told(read=odd, written=5) is None
    assert Tokens.told(read=5, written=odd) is None
    assert Tokens.told(read=5, written=5, cached=odd) == Tokens(input=5, output=5)


@pytest.mark.parametrize(
    "config",
    [
        ModelConfig(provider="openai", model="made-up"),
        ModelConfig(provider="openai_compatible", model="gpt-4o", base_url="http://gpu.test/v1"),
    ],
)
def test_the_start_is_refused_without_a_price(config: ModelConfig) -> None:
    with pytest.raises(PriceUnknown):
        require_price(config)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-4o-mini"),
        ("anthropic", "claude-haiku-4-5"),
        ("gemini", "gemini-2.5-flash"),
        ("offline", "offline"),
    ],
)
def test_the_usual_models_have_a_price(provider: Provider, model: str) -> None:
    require_price(ModelConfig(provider=provider, model=model))
