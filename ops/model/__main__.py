"""Draft a model from a live database: `make model DSN=…` (FILE=… writes it there).

The DSN comes in the environment, so that no list of processes shows it, and is never printed.
"""

import os
import sys
from pathlib import Path

from backend.semantic.loading import ModelInvalid
from ops.model.draft import draft
from ops.model.errors import DraftError
from ops.model.reading import relations

_USAGE = (
    "Give the database: make model DSN=postgresql://login@host/database"
    " (or sqlite:////path/to/file, duckdb:////path/to/file, a folder of CSV); FILE=model.yaml keeps it"
)


def main() -> int:
    """0 when the draft was written, 1 with a line on standard error when there is none."""
    dsn, file = os.environ.get("DRAFT_DSN", ""), os.environ.get("DRAFT_FILE", "")
    if not dsn:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        text = draft(*relations(dsn))
        if not file:
            print(text)
            return 0
        # "x": what a person has finished is not written over.
        with Path(file).open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        print(f"{file} exists; choose another FILE", file=sys.stderr)
        return 1
    except (DraftError, ModelInvalid, OSError) as error:
        print(f"No draft: {error}", file=sys.stderr)
        return 1
    print(f"Drafted {file}; its comments say what is left to do", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
