"""What a database of ours needs now and then, beyond the migrations."""

from backend.store.database import Database

#: Enough for a worker that nobody restarts for a season.
MONTHS_AHEAD = 3


def prepare_partitions(database: Database) -> None:
    """Make the trace partitions of the coming months; harmless when they exist."""
    with database.open() as conn:
        # Two workers that start together would both create them.
        conn.execute("SELECT pg_advisory_xact_lock(7305102)")
        conn.execute("CALL prepare_trace_partitions(%s)", [MONTHS_AHEAD])
