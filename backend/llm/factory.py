"""Builds the configured model, and loads no SDK but its own.

The SDKs take 50 to 80 MB of memory each, so each is imported by its provider's module, and that
module only here, when it was chosen.
"""

from dataclasses import replace
from typing import Protocol

from backend.domain.errors import ModelMisconfigured
from backend.domain.ports import ChatModel, Planner
from backend.llm.model_config import ModelConfig


class OpenModel(ChatModel, Protocol):
    """A model with its connections. Whoever built it closes it, when no call is under way."""

    def close(self) -> None: ...


def build_model(config: ModelConfig, planner: Planner) -> OpenModel:
    """The model to share among all threads. `planner` is what `offline` thinks with.

    Raises ModelMisconfigured when the configuration cannot work.
    """
    if config.provider == "offline":
        from backend.llm.offline_model import OfflineModel

        return OfflineModel(planner)
    config = _checked(config)
    if config.provider == "anthropic":
        from backend.llm.anthropic_model import AnthropicModel

        return AnthropicModel(config)
    if config.provider == "gemini":
        from backend.llm.gemini_model import GeminiModel

        return GeminiModel(config)
    from backend.llm.openai_model import OpenAIModel

    return OpenAIModel(config)


def require_price(config: ModelConfig) -> None:
    """Raise PriceUnknown unless the price list knows what calls to this model cost."""
    if config.provider == "offline":
        return
    from backend.llm.price import PriceList

    PriceList(config).require_price()


def _checked(config: ModelConfig) -> ModelConfig:
    """The configuration with a clean key. What a header cannot carry would fail on each call."""
    key = config.api_key.strip()
    if config.provider == "openai_compatible":
        if config.base_url is None:
            raise ModelMisconfigured("A compatible language model needs its base URL.")
        # A server of one's own may want none, but the SDK does.
        key = key or "none"
    if not config.model:
        raise ModelMisconfigured("The language model has no name.")
    if not key or not (key.isascii() and key.isprintable()):
        raise ModelMisconfigured("The language model's key is missing, or is not a key.")
    return replace(config, api_key=key)
