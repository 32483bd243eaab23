"""Gemini's embeddings, asked for in the width that the store keeps."""

from collections.abc import Sequence
from typing import Any

from google.genai import Client, types

from backend.domain.usage import Usage
from backend.llm.gemini_model import GEMINI_URL, split_version
from backend.llm.model_config import ModelConfig
from backend.llm.price import PriceList, Tokens
from backend.llm.provider_embedder import WIDTH, Embedded
from backend.llm.wire import http_client, ssl_context

#: Its successor takes no task type, so that a question and what answers it are alike to it.
GEMINI_EMBEDDINGS = "gemini-embedding-001"


class GeminiEmbeddings:
    """An `EmbeddingWire`. A question's vector is made to be near what answers it."""

    provider = "gcp.gemini"
    #: Gemini takes 100 texts.
    most_texts = 64

    def __init__(self, config: ModelConfig) -> None:
        self.model = config.model
        self._prices = PriceList(config)
        url, version = split_version(config.base_url or GEMINI_URL)
        self._http: Any = http_client(url)
        self._client = Client(
            api_key=config.api_key,
            # Otherwise an environment variable would turn it into a Vertex client.
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=url,
                api_version=version,
                httpx_client=self._http,
                async_client_args={"ssl": ssl_context(), "verify": ssl_context()},
            ),
        )

    def ask(self, texts: Sequence[str], *, question: bool) -> Embedded:
        contents: Any = list(texts)
        answer = self._client.models.embed_content(
            model=self.model,
            contents=contents,
            config=types.EmbedContentConfig(
                task_type="RETRIEVAL_QUERY" if question else "RETRIEVAL_DOCUMENT",
                output_dimensionality=WIDTH,
            ),
        )
        read = getattr(answer.usage_metadata, "prompt_token_count", None)
        return Embedded(
            [each.values or () for each in answer.embeddings or ()],
            Tokens.told(read=read, written=0),
        )

    def usage_of(self, tokens: Tokens | None) -> Usage:
        return self._prices.usage_of(tokens, answered_by=self.model)

    def close(self) -> None:
        # The SDK leaves a client that it was given open.
        self._http.close()
