"""The companies whose data is asked about: the demo's, Northwind's, and a messy CRM's.

Each is a data source of its own, made anew as a SQLite file and added over HTTP, as a user would.
Northwind's data is not part of the project; where it is not beside it, its sets are left out.
"""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.evals import question_set
from tests.evals.question_set import QuestionSet
from tests.integration import northwind
from tests.integration.three_engines import into_sqlite

#: The tenant's own source, which the stack makes by itself.
DEMO = "demo"
NORTHWIND = "northwind"


class Companies:
    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sales-crew-companies-"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def settings(self) -> dict[str, str]:
        """What the stack must be told to read these files."""
        return {"DATA_SOURCE_DIRS": str(self._folder)}

    def question_sets(self) -> list[QuestionSet]:
        """The sets that are handed to the project beside its tree."""
        path = northwind.FOLDER / "questions.json"
        return [question_set.read(path, source=NORTHWIND)] if path.exists() else []

    def source(self, name: str) -> dict[str, Any]:
        """The body of `POST /data-sources` for a company."""
        if name != NORTHWIND:
            raise ValueError(f"there is no company called {name}")
        self._folder.mkdir(exist_ok=True)
        file = self._folder / f"{name}.sqlite"
        file.unlink(missing_ok=True)
        into_sqlite(file, northwind.northwind_relations())
        return {
            "name": name,
            "engine": "sqlite",
            "dsn": f"sqlite:///{file}",
            "model": northwind.MODEL_FILE.read_text(encoding="utf-8"),
        }
