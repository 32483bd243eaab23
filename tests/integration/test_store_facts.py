"""Facts as rows: one current of each topic, a history without gaps of its making, and whose they are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.errors import FactClosed, NotFound
from backend.domain.facts import SELF, Statement
from backend.domain.identity import Asker, PersonId, TenantId, new_id
from backend.memory.facts import FACTS_CHARACTERS, known
from backend.store import facts, known_facts, people
from backend.store.database import Database
from backend.store.facts import Fact, NewFact
from crews import fence
from tests.conftest import MigratedDatabase
from tests.integration.stage import Tenant, a_tenant, opened

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(module_database: MigratedDatabase) -> Iterator[Database]:
    with opened(module_database.app_dsn, size=2) as app:
        yield app


@pytest.fixture(scope="module")
def tenant(module_database: MigratedDatabase) -> Tenant:
    with opened(module_database.owner_dsn, size=1) as owner:
        return a_tenant(owner)


def a_person(app: Database, tenant_id: TenantId, user_id: str | None = None) -> Asker:
    with app.tenant(tenant_id) as conn:
        return people.lock(conn, tenant_id, user_id or new_id().hex, "web")


def a_fact(
    text: str, *, minute: int = 0, topic: str = "budget", subject: str = SELF, by: str = "rules"
) -> NewFact:
    statement = Statement(subject=subject, topic=topic, text=text, noted_by=by)  # type: ignore[arg-type]
    return NewFact(
        statement=statement,
        said_at=BEGAN + timedelta(minutes=minute),
        turn_id=new_id(),
        message_id=new_id(),
    )


def note(app: Database, whose: Asker, *new: NewFact) -> int:
    with app.tenant(whose.tenant_id) as conn:
        return facts.note(conn, whose.tenant_id, whose.person_id, new)


def listed(app: Database, whose: Asker, *, history: bool = False) -> list[Fact]:
    with app.tenant(whose.tenant_id) as conn:
        return facts.listed(conn, whose.tenant_id, whose.person_id, history=history)


def test_a_newer_fact_closes_the_older_one(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    note(app, ana, a_fact("até R$ 50 mil"))
    note(app, ana, a_fact("até R$ 80 mil", minute=5, subject="SELF", topic="Búdget"))

    [current, closed] = listed(app, ana, history=True)
    assert [current.text, closed.text] == ["até R$ 80 mil", "até R$ 50 mil"]
    assert current.valid_to is None
    assert closed.valid_to == current.valid_from
    assert closed.superseded_by == current.id
    assert [fact.id for fact in listed(app, ana)] == [current.id]


def test_another_subject_or_topic_closes_nothing(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    new = [
        a_fact("50 mil"),
        a_fact("50 mil", subject="Padaria Sol"),
        a_fact("à tarde", topic="contact"),
    ]
    assert note(app, ana, *new) == 3
    assert len(listed(app, ana)) == 3


def test_the_same_said_twice_is_one(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    assert note(app, ana, a_fact("Até R$ 50 mil")) == 1
    assert note(app, ana, a_fact("até r$ 50 mil!", minute=7)) == 0
    [fact] = listed(app, ana, history=True)
    assert fact.said_at == BEGAN


def test_what_is_true_again_is_a_new_fact(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    note(app, ana, *(a_fact(text, minute=at) for at, text in enumerate(["50", "80", "50"])))
    assert [fact.text for fact in listed(app, ana, history=True)] == ["50", "80", "50"]


@settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    said=st.lists(st.sampled_from(["50", "80", "90"]), min_size=1, max_size=5),
    data=st.data(),
)
def test_in_whatever_order_they_are_learnt_the_newest_holds_and_no_moment_has_two(
    app: Database, tenant: Tenant, said: list[str], data: st.DataObject
) -> None:
    new = [a_fact(text, minute=at) for at, text in enumerate(said)]
    ana = a_person(app, tenant.id)
    for fact in data.draw(st.permutations(new)):
        note(app, ana, fact)

    found = sorted(listed(app, ana, history=True), key=lambda fact: fact.valid_from)
    assert found[0].valid_from == BEGAN
    assert found[0].text == said[0]
    assert [fact.text for fact in found if fact.valid_to is None] == [said[-1]]
    assert found[-1].valid_to is None
    for at, text in enumerate(said):
        moment = BEGAN + timedelta(minutes=at)
        assert (
            text
            in {
                fact.text
                for fact in found
                if fact.valid_from <= moment and (fact.valid_to is None or fact.valid_to > moment)
            }
            or said.count(text) > 2
        )
    for older, newer in pairwise(found):
        assert older.valid_to == newer.valid_from
        assert older.superseded_by == newer.id


def test_beyond_the_limit_the_oldest_are_closed_and_what_an_operator_wrote_last(
    app: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "MOST_CURRENT", 3)
    ana = a_person(app, tenant.id)
    note(app, ana, a_fact("by hand", topic="0", by="operator"))
    note(app, ana, *(a_fact(str(at), minute=at, topic=str(at)) for at in range(1, 6)))
    assert {fact.text for fact in listed(app, ana)} == {"by hand", "5", "4"}
    assert len(listed(app, ana, history=True)) == 6


def test_a_deleted_fact_leaves_no_trace(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    note(app, ana, a_fact("50"), a_fact("80", minute=1))
    [current] = listed(app, ana)
    with app.tenant(tenant.id) as conn:
        facts.remove(conn, tenant.id, ana.person_id, current.id)
    [older] = listed(app, ana, history=True)
    assert (older.text, older.superseded_by) == ("50", None)
    with pytest.raises(NotFound), app.tenant(tenant.id) as conn:
        facts.remove(conn, tenant.id, ana.person_id, current.id)


def test_only_a_current_fact_can_be_replaced(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    note(app, ana, a_fact("50"))
    [old] = listed(app, ana)
    with app.tenant(tenant.id) as conn:
        new = facts.replace(conn, tenant.id, ana.person_id, old.id, "70", at=datetime.now(UTC))
    assert (new.text, new.topic, new.noted_by, new.source_turn_id) == (
        "70",
        "budget",
        "operator",
        None,
    )
    with pytest.raises(FactClosed), app.tenant(tenant.id) as conn:
        facts.replace(conn, tenant.id, ana.person_id, old.id, "71", at=datetime.now(UTC))


def test_nothing_is_noted_of_somebody_who_was_erased(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    note(app, ana, a_fact("50"))
    with app.tenant(tenant.id) as conn:
        conn.execute("DELETE FROM identities WHERE person_id = %s", [ana.person_id])
        conn.execute("DELETE FROM persons WHERE id = %s", [ana.person_id])
    assert note(app, ana, a_fact("80", minute=1)) == 0
    with app.tenant(tenant.id) as conn:
        left = conn.execute("SELECT id FROM facts WHERE person_id = %s", [ana.person_id])
        assert left.fetchall() == []


def told(app: Database, whose: Asker, question: str) -> list[str]:
    with app.tenant(whose.tenant_id) as conn:
        return [line.text for line in known(conn, whose, question, except_messages=())]


def test_a_turn_is_told_what_the_question_is_about_first(app: Database, tenant: Tenant) -> None:
    ana = a_person(app, tenant.id)
    note(
        app,
        ana,
        a_fact("me chamo Ana", topic="name"),
        a_fact("orçamento aprovado até R$ 50 mil", minute=1),
        a_fact("A Padaria Sol fecha às segundas", minute=2, subject="Padaria Sol", topic="fecha"),
        a_fact("prefiro contato à tarde", minute=3, topic="contact"),
    )
    assert told(app, ana, "Qual é o meu orçamento?")[0] == "orçamento aprovado até R$ 50 mil"
    assert told(app, ana, "Como eu me chamo?")[0] == "me chamo Ana"
    assert told(app, ana, "What is my budget?")[0] == "orçamento aprovado até R$ 50 mil"
    assert told(app, ana, "Quando fecha a padaria sol?")[0] == "A Padaria Sol fecha às segundas"
    assert told(app, ana, "E aí?")[0] == "prefiro contato à tarde"


def test_a_turn_is_told_within_its_allowance_and_nothing_closed(
    app: Database, tenant: Tenant
) -> None:
    ana = a_person(app, tenant.id)
    note(app, ana, a_fact("antigo"), a_fact("orçamento novo", minute=1))
    note(app, ana, *(a_fact(f"{at} " + "x" * 100, topic=str(at)) for at in range(30)))
    with app.tenant(tenant.id) as conn:
        lines = known(conn, ana, "orçamento?", except_messages=())
    assert lines[0].text == "orçamento novo"
    assert "antigo" not in {line.text for line in lines}
    assert len(lines) >= 3
    # About 150 tokens, as the crew reads them.
    assert len(fence.memory(lines)) <= FACTS_CHARACTERS + len("<memory>\n\n</memory>\n")


def test_what_recent_turns_tell_is_not_told_twice(app: Database, tenant: Tenant) -> None:
    ana, fact = a_person(app, tenant.id), a_fact("até 50 mil")
    note(app, ana, fact)
    assert isinstance(fact.message_id, UUID)
    with app.tenant(tenant.id) as conn:
        assert known(conn, ana, "orçamento?", except_messages={fact.message_id}) == ()


@pytest.fixture(scope="module")
def crowd(
    app: Database, tenant: Tenant, module_database: MigratedDatabase
) -> dict[tuple[TenantId, str], Asker]:
    """Two persons of each of two tenants, two of them with one name; each with a canary of theirs."""
    with opened(module_database.owner_dsn, size=1) as owner:
        tenants = (tenant.id, a_tenant(owner, "Outra").id)
    crowd = {(id_, user): a_person(app, id_, user) for id_ in tenants for user in ("eva", "ivo")}
    for (tenant_id, user), whose in crowd.items():
        note(app, whose, a_fact(f"orçamento {_canary(tenant_id, user)}"))
    return crowd


def _canary(tenant_id: TenantId, user: str) -> str:
    return f"canary{user}{tenant_id.hex[-8:]}"


@settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asked=st.lists(st.sampled_from(["orçamento", "eva", "ivo", "todos", "canary"]), max_size=4))
def test_nobody_is_told_anothers_facts(
    app: Database, crowd: dict[tuple[TenantId, str], Asker], asked: list[str]
) -> None:
    canaries = {key: _canary(*key) for key in crowd}
    question = f"Quais são os orçamentos? {' '.join([*asked, *canaries.values()])}"
    for key, whose in crowd.items():
        seen = " ".join([*told(app, whose, question), *(f.text for f in listed(app, whose))])
        assert {other for other, canary in canaries.items() if canary in seen} == {key}


def test_the_twin_without_the_persons_own_filter_tells_a_colleagues(
    app: Database, crowd: dict[tuple[TenantId, str], Asker], monkeypatch: pytest.MonkeyPatch
) -> None:
    (key, eva), (colleagues, _), *_ = crowd.items()
    assert key[0] == colleagues[0]
    guarded = known_facts._SQL["known"]
    bare = guarded.replace("AND f.person_id = %(person_id)s", "")
    assert bare != guarded
    monkeypatch.setitem(known_facts._SQL, "known", bare)
    assert _canary(*colleagues) in " ".join(told(app, eva, f"orçamento {_canary(*colleagues)}?"))


def test_the_wall_holds_where_a_query_asks_for_another_tenants_person(
    app: Database, crowd: dict[tuple[TenantId, str], Asker], module_database: MigratedDatabase
) -> None:
    """The twin: without the wall the same statement finds them."""
    eva, *_, other = crowd.values()
    assert eva.tenant_id != other.tenant_id
    asked = "SELECT text FROM facts WHERE tenant_id = %s AND person_id = %s"
    with app.tenant(eva.tenant_id) as conn:
        assert conn.execute(asked, [other.tenant_id, other.person_id]).fetchall() == []
        assert facts.listed(conn, other.tenant_id, PersonId(other.person_id), history=True) == []
    with opened(module_database.owner_dsn, size=1) as owner, owner.tenant(eva.tenant_id) as conn:
        conn.execute("ALTER TABLE facts DISABLE ROW LEVEL SECURITY")
        try:
            assert len(conn.execute(asked, [other.tenant_id, other.person_id]).fetchall()) == 1
        finally:
            conn.execute("ALTER TABLE facts ENABLE ROW LEVEL SECURITY")
