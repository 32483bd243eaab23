"""What is asked, and what the fake model is told to say to it."""

import json
from datetime import date
from typing import Any

SALES = "Quais foram as vendas do mês passado?"
BOTH = "Vendas de outubro e o dólar"
#: The rules understand both of the above, and neither of these.
VAGUE = "O negócio vai bem?"
THANKS = "Obrigado!"
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
TOOL = "sales_query_metrics"
#: In a provider's error: must never reach a person.
SECRET = "the-providers-own-words"
#: A busy fake asks for a second's pause unless it is told otherwise.
AT_ONCE = {"retry_after": 0.05}
#: The attempts that backend/llm, the one owner of retries, makes at a call.
ATTEMPTS = 3


def arguments(period: tuple[date, date]) -> dict[str, Any]:
    first, last = period
    return {"metrics": ["revenue"], "from": first.isoformat(), "to": last.isoformat()}


def calls(period: tuple[date, date]) -> dict[str, Any]:
    return {"type": "reply", "tool_calls": [{"name": TOOL, "arguments": arguments(period)}]}


def says(text: str) -> dict[str, Any]:
    return {"type": "reply", "text": text}


def decides(decision: str, answer: str = "") -> dict[str, Any]:
    decided = {
        "decision": decision,
        "confidence": 0.9,
        "reason": "por palavras",
        "answer": answer,
    }
    return says(json.dumps(decided, ensure_ascii=False))
