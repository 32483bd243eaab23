"""A fake of OpenAI's and Gemini's embeddings on the loopback: it counts, may refuse, and means something.

A vector tells which words a text has, so that texts with the same words are alike.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from zlib import crc32

WIDTH = 512


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    path: str
    texts: Sequence[str]
    body: dict[str, Any]
    key: str


@dataclass(slots=True)
class EmbeddingServer:
    #: Served before anything else: (status, body, headers), each once.
    answers: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    #: Refuse everything with this status until it is None again.
    refusing: int | None = None
    #: Texts longer than this are refused as too long.
    most_characters: int = 1_000_000
    asked: list[Asked] = field(default_factory=list)
    _http: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def base_url(self, provider: str) -> str:
        """As a user would set it."""
        return f"{self.url}/v1" if provider == "openai" else self.url

    @property
    def texts(self) -> list[str]:
        return [text for each in self.asked for text in each.texts]

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                key = self.headers.get("x-goog-api-key") or self.headers["authorization"]
                status, answer, headers = server._answer(Asked(self.path, _texts(body), body, key))
                content = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
                """Tests are quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _answer(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        self.asked.append(asked)
        if self.answers:
            return self.answers.pop(0)
        if self.refusing is not None:
            return self.refusing, {"error": {"message": "not now", "code": "refused"}}, {}
        if any(len(text) > self.most_characters for text in asked.texts):
            error = {"code": "context_length_exceeded", "message": "maximum context length"}
            return 400, {"error": error}, {}
        return 200, good_answer(asked), {}


def good_answer(asked: Asked) -> Any:
    """What the provider would send, out of order where its protocol allows that."""
    # Of another length than one, as Gemini's are at this width.
    vectors = [[3 * number for number in vector_of(text)] for text in asked.texts]
    tokens = sum(len(text.split()) for text in asked.texts)
    if "Embed" in asked.path:
        return {
            "embeddings": [{"values": vector} for vector in vectors],
            "usageMetadata": {"promptTokenCount": tokens},
        }
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    return {
        "object": "list",
        "model": "text-embedding-3-small",
        "data": data[::-1],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def vector_of(text: str) -> list[float]:
    """One number a word."""
    vector = [0.001] * WIDTH
    for word in text.casefold().split():
        vector[crc32(word.strip("?,.").encode()) % WIDTH] += 1.0
    return vector


def _texts(body: dict[str, Any]) -> list[str]:
    if "input" in body:
        return list(body["input"])
    return ["".join(p["text"] for p in each["content"]["parts"]) for each in body["requests"]]
