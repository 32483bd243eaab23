"""One question put to the product: read, and answered."""

from dataclasses import dataclass
from uuid import uuid4

from tests.evals.client import Client
from tests.evals.question_set import Question, QuestionSet, contract_query
from tests.evals.verdict import Parsed, names, tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    question: Question
    text: str
    #: None for a question that no figure answers.
    right: bool | None
    llm_calls: int
    tokens: int
    cost_usd: float
    time_ms: int


def parse(client: Client, questions: QuestionSet, question: Question) -> Parsed:
    """What `POST /metrics/parse` makes of it, after the question before it where there is one."""
    body = {
        "question": question.text,
        "language": question.language,
        "data_source": questions.source,
    }
    if question.after is not None:
        before = {**_asked(questions, question.after), "user_id": f"reader-{uuid4()}"}
        body["conversation_id"] = client.post("/chat", "chat", before)["conversation_id"]
    told = client.post("/metrics/parse", "operator", body)
    return Parsed(question=question, query=told["query"], complete=told["complete"])


def ask(client: Client, questions: QuestionSet, question: Question) -> Answered:
    """What `POST /chat` answers somebody who has not asked before."""
    user_id = f"asker-{uuid4()}"
    if question.after is not None:
        client.post("/chat", "chat", {**_asked(questions, question.after), "user_id": user_id})
    body = client.post("/chat", "chat", {**_asked(questions, question.text), "user_id": user_id})
    right = None
    if question.expected is not None:
        asked = {**contract_query(question.expected), "data_source": questions.source}
        rows = client.post("/metrics/query", "operator", asked)["rows"]
        if "without" in question.expected:
            right = names(body, rows, list(question.expected["dimensions"]))
        else:
            right = tells(body, rows, list(question.expected["metrics"]))
    elif question.why_none == "out_of_scope":
        right = not [each for each in body["tool_calls"] if each["name"] == "sales_query_metrics"]
    return Answered(
        question=question,
        text=body["response"],
        right=right,
        llm_calls=body["usage"]["llm_calls"],
        tokens=body["tokens_used"],
        cost_usd=float(body["usage"]["cost_usd"]),
        time_ms=body["time_ms"],
    )


def _asked(questions: QuestionSet, text: str) -> dict[str, str]:
    return {"message": text, "data_source": questions.source}
