"""Every Prometheus metric, declared once. Labels are bounded: never a tenant, person or conversation.

GenAI names follow OpenTelemetry's semantic conventions with underscores and units; ours start
with `sales_`. Dashboards and alerts (`ops/grafana`, `ops/prometheus`) may use what stands here.
"""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
#: As OpenTelemetry advises for tokens, up to the longest context there is.
_TOKENS = tuple(4**power for power in range(11))

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
DEPENDENCY_UP = Gauge(
    "sales_dependency_up", "Whether it answered this process when last spoken to", ["dependency"]
)

TURNS = Counter("sales_turns_total", "Turns closed", ["channel", "decision", "outcome"])
TURN_FAILURES = Counter("sales_turn_failures_total", "Failed turns by public code", ["error_type"])
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
CACHE_LOOKUPS = Counter(
    "sales_result_cache_total", "Metric queries looked up in the result cache", ["outcome"]
)
RECALL_SECONDS = Histogram("sales_recall_seconds", "Embedding and exact search", buckets=_SECONDS)

LLM_SECONDS = Histogram(
    "gen_ai_client_operation_duration_seconds",
    "Model calls, with what was tried again within them",
    ["gen_ai_provider_name", "gen_ai_request_model", "purpose", "error_type"],
    buckets=_SECONDS,
)
LLM_FIRST_CHUNK_SECONDS = Histogram(
    "gen_ai_client_operation_time_to_first_chunk_seconds",
    "From the request to the first text of a streamed answer",
    ["gen_ai_provider_name", "gen_ai_request_model"],
    buckets=_SECONDS,
)
LLM_RETRIES = Counter(
    "sales_llm_retries_total",
    "Attempts at a model call that failed and were followed by another",
    ["gen_ai_request_model", "error_type"],
)
LLM_TOKENS = Histogram(
    "gen_ai_client_token_usage",
    "Tokens of a model call by type; `input` includes the cached ones",
    ["gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type"],
    buckets=_TOKENS,
)
LLM_CACHED_TOKENS = Counter(
    "sales_llm_cached_input_tokens_total",
    "Input tokens that the provider had in its cache",
    ["gen_ai_provider_name", "gen_ai_request_model"],
)
LLM_COST = Counter(
    "sales_llm_cost_usd_total",
    "Money spent on model calls",
    ["gen_ai_provider_name", "gen_ai_request_model"],
)
LLM_UNPRICED = Counter(
    "sales_llm_unpriced_total", "Model calls whose cost is unknown", ["error_type"]
)

TOOL_SECONDS = Histogram(
    "gen_ai_execute_tool_duration_seconds",
    "Tool calls",
    ["gen_ai_tool_name", "error_type"],
    buckets=_SECONDS,
)

# There from the start: a series that begins at one has not grown, so its first failure would
# move no rate and raise no alert.
TURNS.labels("", "", "failed")
LLM_UNPRICED.labels("")
TASKS_DONE.labels("remember", "failed")
for _outcome in ("hit", "miss"):
    CACHE_LOOKUPS.labels(_outcome)
for _action in ("expired", "exhausted", "rung"):
    SWEPT.labels(_action)
