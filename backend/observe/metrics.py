"""Every Prometheus metric, declared once. Labels are bounded: never a tenant, person or conversation.

GenAI names follow OpenTelemetry's semantic conventions with underscores and units; ours start
with `sales_`.
"""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

HTTP_REQUESTS = Counter(
    "sales_http_requests_total",
    "Requests by route template and status",
    ["method", "route", "status"],
)
HTTP_SECONDS = Histogram(
    "sales_http_request_seconds",
    "Time to the end of the response",
    ["method", "route"],
    buckets=_SECONDS,
)
EVENT_READERS = Gauge("sales_event_readers", "Open event streams and sockets", ["kind"])

TASKS = Gauge(
    "sales_tasks", "Tasks by lane, kind and state, from the truth", ["lane", "kind", "state"]
)
TASK_AGE = Gauge(
    "sales_task_oldest_seconds", "How long the oldest open task of a lane has been due", ["lane"]
)
TASKS_DONE = Counter("sales_tasks_done_total", "Task attempts by outcome", ["kind", "outcome"])
TASKS_RUNNING = Gauge("sales_tasks_running", "Tasks this worker holds")
SWEPT = Counter("sales_tasks_swept_total", "Tasks the sweeper acted on", ["action"])

TURNS = Counter("sales_turns_total", "Turns closed", ["channel", "decision", "outcome"])
TURN_SECONDS = Histogram(
    "sales_turn_seconds",
    "From the question's arrival to its recorded answer",
    ["decision"],
    buckets=_SECONDS,
)
TURN_WAIT_SECONDS = Histogram(
    "sales_turn_wait_seconds", "From the question's arrival to its claim", buckets=_SECONDS
)
CORRECTIONS = Counter("sales_answer_corrections_total", "Drafts the check had to correct")
RECALL_SECONDS = Histogram("sales_recall_seconds", "Embedding and exact search", buckets=_SECONDS)

LLM_SECONDS = Histogram(
    "gen_ai_client_operation_duration_seconds",
    "Model calls",
    ["gen_ai_provider_name", "gen_ai_request_model", "purpose", "error_type"],
    buckets=_SECONDS,
)
LLM_TOKENS = Counter(
    "gen_ai_client_token_usage_total",
    "Tokens by type",
    ["gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type"],
)
LLM_COST = Counter(
    "sales_llm_cost_usd_total",
    "Money spent on model calls",
    ["gen_ai_provider_name", "gen_ai_request_model"],
)
LLM_UNPRICED = Counter("sales_llm_unpriced_total", "Model calls whose price is unknown")

TOOL_SECONDS = Histogram(
    "gen_ai_execute_tool_duration_seconds",
    "Tool calls",
    ["gen_ai_tool_name", "error_type"],
    buckets=_SECONDS,
)
