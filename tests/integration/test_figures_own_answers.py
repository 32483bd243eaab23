"""The product's own answers over the demo company raise no alarm: every question of the tables."""

from collections.abc import Iterator

import pytest

from backend.answering import evidence as evidences
from backend.answering.mentions import spoken
from backend.answering.sentences import unsupported
from backend.domain.errors import SalesQueryInvalid
from backend.plugins.sales_answer import told
from backend.semantic.layer import SemanticLayer
from backend.semantic.parser import QuestionParser
from backend.semantic.source import ClientDatabase
from ops.demo.load import load
from ops.local.prepare import DEMO_DATABASE
from tests.evals.figures.answers import TODAY
from tests.services import PostgresCluster
from tests.unit.parser_questions import cases
from tests.unit.semantic_model import MODEL

QUESTIONS = [
    case.question
    for case in [*cases(), *cases("questions_full.yaml")]
    if case.expected is not None and case.follows is None and case.today == TODAY
]


@pytest.fixture(scope="module")
def layer(postgres: PostgresCluster) -> Iterator[SemanticLayer]:
    load(postgres.owner_dsn(DEMO_DATABASE), TODAY)
    database = ClientDatabase(postgres.reader_dsn())
    yield SemanticLayer(MODEL, database, "demo")
    database.close()


def test_no_own_answer_raises_an_alarm(layer: SemanticLayer) -> None:
    parser = QuestionParser(MODEL, layer.members.all())
    alarms, told_of = {}, 0
    for question in QUESTIONS:
        reading = parser.read(question, today=TODAY, previous=None)
        if not reading.complete or reading.query is None:
            continue
        try:
            table = layer.answer(
                reading.query,
                role="manager",
                attributes={},
                permitted_roles=frozenset({"manager"}),
            )
        except SalesQueryInvalid:
            continue
        outcome = told(MODEL, table, reading.language)
        mentions = spoken(parser.spans, reading.language, TODAY)
        evidence = evidences.of_turn(question, (), [TODAY.isoformat()], mentions)
        evidence.witness(outcome)
        told_of += 1
        wrong = unsupported(outcome.summary or "", evidence)
        if wrong:
            alarms[question] = wrong
    assert alarms == {}
    assert told_of >= 150
