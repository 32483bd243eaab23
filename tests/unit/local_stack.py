"""A published stack that nothing runs behind."""

from ops.local.stack_file import StackFile

STACK = StackFile(
    api_url="http://127.0.0.1:8000",
    ui_url=None,
    worker_metrics_url="http://127.0.0.1:9191/metrics",
    api_key="sc_talk",
    operator_key="sc_watch",
    admin_key="sc_configure",
    tenant_id="00000000-0000-0000-0000-000000000000",
    database_url="postgresql://sales_owner@127.0.0.1/sales_crew",
    redis_url="redis://127.0.0.1",
    pids={},
    log_dir="/data/logs",
)
