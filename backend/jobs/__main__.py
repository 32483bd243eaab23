"""A worker: `python -m backend.jobs`. Works until it is told to stop, then drains."""

import gc
import os
import sys

from prometheus_client import start_http_server

from backend.observe import logs, tracing
from backend.settings import SettingsInvalid, load


def main() -> int:
    try:
        settings = load()
        logs.configure(settings.log_format, "worker")
        tracing.start(process="worker", **settings.tracing)
        # The agent libraries take seconds to import; a wrong setting is told before that.
        from backend.jobs.runtime import build_worker

        worker = build_worker(settings)
    except SettingsInvalid as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _keep_what_was_loaded()
    start_http_server(settings.metrics_port + settings.port_offset, addr=settings.bind_host)
    worker.run()
    tracing.stop()
    return 0


def _keep_what_was_loaded() -> None:
    """Leave what stays for good, half a million objects of libraries, out of garbage collection.

    A full collection walks through them while every thread waits: 300 ms, every few seconds.
    """
    gc.collect()
    gc.freeze()
    # 64 turns at once make new objects by the thousand; seven times Python's default.
    gc.set_threshold(5_000)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # A thread that outstayed the drain must not keep the process: its task was given back.
    os._exit(code)
