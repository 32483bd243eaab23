"""What an API would tell the console: every page full, or empty, with words of any kind in it."""

from typing import Any

TURN = "01a21e09-59dc-75cf-8462-a520265b85a9"
TALK = "01a21e07-c087-72e0-8adc-f68830f2af11"
#: An event stream, or what a JSON body is made of.
Answer = dict[str, Any] | str


def figures(**changed: Any) -> dict[str, Any]:
    return {
        "turns": 3,
        "answered": 2,
        "failed": 1,
        "llm_calls": 4,
        "input_tokens": 1200,
        "cached_input_tokens": 100,
        "output_tokens": 345,
        "tokens_used": 1545,
        "cost_usd": "0.002980",
        "priced": True,
        "mean_time_ms": 900.5,
        "p95_time_ms": 1840.0,
        "cache_hits": 0,
        **changed,
    }


def answers(text: str = "words", *, full: bool = True) -> dict[str, Answer]:
    """What the API would say; `text` stands wherever users or models could have written it."""
    failure = {"code": "model_unavailable", "message": text}
    turn = {
        "turn_id": TURN,
        "conversation_id": TALK,
        "user_id": text,
        "channel": text,
        "agent": text,
        "question": text,
        "status": "failed",
        "decision": "sales",
        "model": text,
        "tokens_used": 1545,
        "cost_usd": "0.002980",
        "priced": False,
        "llm_calls": 2,
        "tools": [text],
        "failed_calls": 1,
        "cached": False,
        "time_ms": 1840,
        "error": failure,
        "asked_at": "2026-11-27T02:30:00Z",
    }
    talk = {
        "conversation_id": TALK,
        "user_id": text,
        "channel": text,
        "agent": text,
        "external_id": text,
        "created_at": "2026-10-01T12:00:00Z",
        "last_turn_at": "2026-11-27T02:30:00Z",
        "turn_count": 1,
    }
    message = {"message_id": TURN, "author": "agent", "text": text, "at": "2026-11-27T02:30:00Z"}
    lane = {"lane": "bulk", "ready": 0, "running": 0, "waiting": 0, "failed": 0, "delayed": 0}
    return {
        "/livez": {"status": "ok"},
        "/readyz": {"status": "ready", "checks": {"database": "ok", "redis": "away"}},
        "/queue": {
            "lanes": [{**lane, "ready": 7 if full else 0, "oldest_age_seconds": 2.5}],
            "recent_failures": [
                {"turn_id": TURN, "error": failure, "asked_at": "2026-11-27T02:30:00Z"}
            ][: int(full)],
        },
        "/usage": {
            "from": "2026-10-29",
            "to": "2026-11-27",
            "time_zone": "America/Sao_Paulo",
            "group_by": "day",
            "rows": [{**figures(), "key": "2026-11-27"}][: int(full)],
            "totals": figures(),
        },
        "/turns": {
            "turns": [turn][: int(full)],
            "total": 1234 if full else 0,
            "next_cursor": "further" if full else None,
        },
        "/conversations": {
            "conversations": [talk][: int(full)],
            "total": 1234 if full else 0,
            "next_cursor": None,
        },
        f"/conversations/{TALK}": {
            **talk,
            "turns": [
                {
                    "turn_id": TURN,
                    "seq": 1,
                    "status": "failed",
                    "asked_at": "2026-11-27T02:30:00Z",
                    "finished_at": None,
                    "model": text,
                    "time_ms": None,
                    "error": failure,
                    "messages": [message],
                }
            ][: int(full)],
            "next_after": None,
        },
        f"/turns/{TURN}/trace": trace(text) if full else empty_trace(),
        **data_answers(text, full=full),
        **memory_answers(text, full=full),
        **knowledge_answers(text, full=full),
    }


def data_answers(text: str, *, full: bool) -> dict[str, Answer]:
    """What a source is asked, and what its owner wrote about it."""
    named = {"name": "revenue", "label": {"en": text}, "synonyms": {}, "definition": {"en": text}}
    described = {**named, "format": "currency", "owner": text, "certified": True}
    return {
        "/metrics/parse": {
            "query": {"metrics": ["revenue"], "dimensions": ["region"]},
            "complete": full,
            "not_understood": [] if full else [text],
            "readings": [],
            "language": "en",
            "follow_up": False,
        },
        "/metrics/query": {
            "rows": [{"region": text, "revenue": 1249.5}][: int(full)],
            "sql": f"SELECT '{text}'",
            "provenance": {"source": text},
        },
        "/metrics/catalog": {
            "name": "sales",
            "title": {"en": text},
            "model_version": "1",
            "currency": "BRL",
            "time_zone": "America/Sao_Paulo",
            "metrics": [described],
            "dimensions": [{**described, "has_members": True}],
        },
        "/data-sources": {
            "data_sources": [
                {
                    "id": TURN,
                    "name": text,
                    "engine": "sqlite",
                    "default": True,
                    "updated_at": "2026-11-27T02:30:00Z",
                }
            ][: int(full)],
        },
        f"/data-sources/{TURN}/test": {
            "ok": full,
            "connected": True,
            "read_only": None,
            "problems": [{"code": "column_missing", "detail": text}],
        },
    }


def memory_answers(text: str, *, full: bool) -> dict[str, Answer]:
    """What is remembered of a user, and what erasing them gives."""
    item = {
        "text": text,
        "role": "user",
        "at": "2026-11-26T02:30:00Z",
        "score": 0.9123,
        "lexical": 4.2,
        "semantic": 0.71,
        "external_id": text,
        "conversation_id": text,
        "beside": False,
    }
    fact = {
        "id": TURN,
        "text": text,
        "subject": text,
        "topic": text,
        "said_at": "2026-11-26T02:30:00Z",
        "valid_from": "2026-11-26",
        "valid_to": None,
        "superseded_by": None,
        "by": "rules",
        "source_turn_id": TURN,
    }
    return {
        "/users/maria/memory": {
            "items": [item, {**item, "beside": True, "lexical": 0, "semantic": None}][
                : 2 * int(full)
            ]
        },
        "/users/maria/facts": {
            "items": [fact, {**fact, "id": TALK, "text": f"{text}, too"}][: 2 * int(full)]
        },
        f"/users/maria/facts/{TURN}": fact,
        "/users/maria/export": '{"user_id":"maria"}\n{"end":true}\n',
        "/users/maria": {
            "user_id": "maria",
            "receipt_id": TALK,
            "status": "done",
            "requested_at": "2026-11-27T02:30:00Z",
            "erased_at": "2026-11-27T02:30:01Z",
            "stores": {"messages": 4312, "facts": 0},
            "user_digest": "ab" * 32,
        },
    }


def knowledge_answers(text: str, *, full: bool) -> dict[str, Answer]:
    """Documents, and what one of them says."""
    document = {
        "id": TURN,
        "title": text,
        "source": text,
        "status": "failed",
        "error": {"code": "a_code_of_tomorrow", "message": text},
        "format": "pdf",
        "bytes": 123_456,
        "pages": 7,
        "passages": 31,
        "uploaded_at": "2026-11-27T02:30:00Z",
        "ready_at": None,
    }
    passage = {
        "document_id": TURN,
        "title": text,
        "source": text,
        "section": text,
        "page": 3,
        "citation": text,
        "text": text,
        "language": "en",
        "score": 0.9,
        "lexical": 0.62,
        "semantic": 0.71,
        "answers": True,
    }
    return {
        "/knowledge": {"documents": [document][: int(full)]},
        "/knowledge/search": {"passages": [passage][: int(full)]},
    }


def trace(text: str) -> dict[str, Any]:
    """Two attempts: the first lost its model, the second called a tool."""
    call = {
        "id": TURN,
        "purpose": "answer",
        "provider": "openai",
        "model": text,
        "started_at": "2026-11-27T02:30:00Z",
        "input_tokens": 600,
        "cached_input_tokens": 50,
        "output_tokens": 20,
        "cost_usd": "0.001490",
        "priced": False,
    }
    return {
        **empty_trace(),
        "user_id": text,
        "channel": text,
        "agent": text,
        "model": text,
        "question": text,
        "response": text,
        "status": "answered",
        "memory": [
            {"role": "user", "text": text, "at": "2026-11-26T02:30:00Z", "source": "recent"},
            {
                "role": "assistant",
                "text": text,
                "at": "2026-11-26T02:30:00Z",
                "source": "recall",
                "score": 0.83,
            },
        ],
        "finished_at": "2026-11-27T02:30:05Z",
        "queue_wait_ms": 500,
        "time_ms": 5000,
        "attempt": 2,
        "attempts": [
            {"attempt": 1, "started_at": "2026-11-27T02:30:00.500000Z"},
            {"attempt": 2, "started_at": "2026-11-27T02:30:02Z"},
        ],
        "route": {"decision": "sales", "by": "model", "reason": text, "confidence": 0.97},
        "steps": [
            {
                "attempt": 2,
                "seq": 0,
                "kind": "gather",
                "name": "memory",
                "started_ms": 1,
                "time_ms": 10,
                "detail": {text: text},
            }
        ],
        "llm_calls": [
            {
                **call,
                "attempt": 1,
                "state": "failed",
                "started_ms": 100,
                "time_ms": 1000,
                "finish_reason": None,
                "error_code": "model_unavailable",
            },
            {
                **call,
                "attempt": 2,
                "state": "ok",
                "started_ms": 20,
                "time_ms": 900,
                "finish_reason": text,
                "error_code": None,
            },
        ],
        "tool_calls": [
            {
                "attempt": 2,
                "seq": 0,
                "name": text,
                "arguments": {"metrics": [text]},
                "ok": False,
                "rows": None,
                "sql": text,
                "error_code": "metric_not_defined",
                "started_ms": 950,
                "time_ms": 40,
                "result_digest": "ab" * 32,
                "result": text,
            }
        ],
    }


def empty_trace() -> dict[str, Any]:
    """Of a turn that waits in the queue."""
    return {
        "turn_id": TURN,
        "conversation_id": TALK,
        "user_id": "123",
        "channel": "web",
        "agent": "sales",
        "status": "queued",
        "question": "?",
        "response": None,
        "language": None,
        "model": None,
        "cached": False,
        "memory": [],
        "asked_at": "2026-11-27T02:30:00Z",
        "started_at": None,
        "finished_at": None,
        "queue_wait_ms": None,
        "time_ms": None,
        "attempt": 0,
        "attempts": [],
        "route": None,
        "error": None,
        "usage": {
            "llm_calls": 2,
            "input_tokens": 1200,
            "cached_input_tokens": 100,
            "output_tokens": 40,
            "cost_usd": "0.002980",
            "priced": False,
        },
        "steps": [],
        "llm_calls": [],
        "tool_calls": [],
    }
