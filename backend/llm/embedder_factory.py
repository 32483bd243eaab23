"""Builds the configured embedder, and loads no SDK but its own. Workers alone ask for one."""

from typing import Literal, Protocol

from backend.domain.errors import ModelMisconfigured
from backend.domain.ports import Embedder
from backend.llm.embedding_books import Measured
from backend.llm.embeddings import LocalEmbedder
from backend.llm.model_config import ModelConfig
from backend.llm.provider_embedder import EmbeddingWire, ProviderEmbedder

EmbeddingProvider = Literal["local", "openai", "gemini"]


class OpenEmbedder(Embedder, Protocol):
    """An embedder with its connections. Whoever built it closes it, when no call is under way."""

    def close(self) -> None: ...


def build_embedder(
    provider: EmbeddingProvider,
    *,
    api_key: str = "",
    base_url: str | None = None,
    timeout_seconds: float = 30.0,
) -> OpenEmbedder:
    """The embedder to share among all threads. Raises ModelMisconfigured for a key that is none."""
    if provider == "local":
        return LocalEmbedder()
    key = api_key.strip()
    if not key or not (key.isascii() and key.isprintable()):
        raise ModelMisconfigured("The embedding model's key is missing, or is not a key.")
    return ProviderEmbedder(
        wire=_wire(provider, key, base_url), books=Measured(), cap_seconds=timeout_seconds
    )


def _wire(provider: EmbeddingProvider, key: str, base_url: str | None) -> EmbeddingWire:
    if provider == "gemini":
        from backend.llm.gemini_embeddings import GEMINI_EMBEDDINGS, GeminiEmbeddings

        return GeminiEmbeddings(
            ModelConfig(provider="gemini", model=GEMINI_EMBEDDINGS, api_key=key, base_url=base_url)
        )
    from backend.llm.openai_embeddings import OPENAI_EMBEDDINGS, OpenAIEmbeddings

    return OpenAIEmbeddings(
        ModelConfig(provider="openai", model=OPENAI_EMBEDDINGS, api_key=key, base_url=base_url)
    )
