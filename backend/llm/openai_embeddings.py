"""OpenAI's embeddings, asked for in the width that the store keeps."""

from collections.abc import Sequence
from typing import Any

from openai import OpenAI
from openai.types import CreateEmbeddingResponse

from backend.domain.usage import Usage
from backend.llm.model_config import ModelConfig
from backend.llm.openai_model import OPENAI_URL
from backend.llm.price import PriceList, Tokens
from backend.llm.provider_embedder import WIDTH, Embedded
from backend.llm.wire import http_client

OPENAI_EMBEDDINGS = "text-embedding-3-small"


class OpenAIEmbeddings:
    """An `EmbeddingWire`. Questions and texts are embedded alike."""

    provider = "openai"
    #: OpenAI takes 2,048 texts and 300,000 tokens; of the longest that are sent, 37 texts. An
    #: answer's vector is some 7 kB.
    most_texts = 32

    def __init__(self, config: ModelConfig) -> None:
        self.model = config.model
        self._prices = PriceList(config)
        url = config.base_url or OPENAI_URL
        client: Any = http_client(url)
        self._client = OpenAI(
            api_key=config.api_key, base_url=url, max_retries=0, http_client=client
        )
        # The SDK fills these from the environment.
        self._client.organization = None
        self._client.project = None
        self._client.admin_api_key = None

    def ask(self, texts: Sequence[str], *, question: bool) -> Embedded:
        answer = self._client.post(
            "/embeddings",
            body={
                "model": self.model,
                "input": list(texts),
                "dimensions": WIDTH,
                "encoding_format": "float",
            },
            cast_to=CreateEmbeddingResponse,
        )
        in_order = sorted(answer.data, key=lambda each: each.index)
        read = getattr(answer.usage, "prompt_tokens", None)
        return Embedded([each.embedding for each in in_order], Tokens.told(read=read, written=0))

    def usage_of(self, tokens: Tokens | None) -> Usage:
        return self._prices.usage_of(tokens, answered_by=self.model)

    def close(self) -> None:
        self._client.close()
