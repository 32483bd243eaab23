"""A model may be short where its meaning is in no doubt; what it leaves out has a stated default."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.compile import compile_query
from backend.semantic.joins import reachable_dimensions
from backend.semantic.loading import ModelInvalid, load_model
from backend.semantic.model import Join, Label, SemanticModel
from backend.semantic.parser import QuestionParser
from backend.semantic.short_forms import written_out
from tests.unit.semantic_model import TEXT

README = Path(__file__).parents[2] / "knowledge" / "README.md"

SMALL = """
name: deals
currency: brl
tables:
  deals: {columns: {id: bigint, owner_id: int, value: "numeric(12,2)", closed: date, stage: varchar(30)}}
  owners: {relation: crm.people, columns: {id: int, nick: text}}
joins:
  - deals.owner_id -> owners.id
metrics:
  won_value: {table: deals, sql: sum(value), filter: stage = 'won', date: closed, format: currency, label: valor ganho}
  deal_count: {table: deals, sql: count(*), date: closed, format: count, labels: {pt: [negócio, negócios]}, synonyms: {pt: [quantos negócios]}}
dimensions:
  owner: {column: owners.nick, aliases: {Zé: Zezinho}, labels: {pt: dono}}
  deal_id: {table: deals, column: id}
row_scope: {seller: owner}
"""


def _with(old: str, new: str) -> SemanticModel:
    assert old in SMALL
    return load_model(SMALL.replace(old, new, 1))


def test_the_example_of_the_documentation_loads_and_answers() -> None:
    [*_, example] = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    model = load_model(example, "README.md")

    assert (model.country, model.fiscal_year_start, model.week_start) == ("BR", 7, "sunday")
    assert model.tables["orders"].columns["updated_at"] == "timestamp"
    for metric in model.metrics:
        for dimension in reachable_dimensions(model, metric):
            query = MetricQuery(
                metrics=(metric,), dimensions=(dimension,), to_date=date(2026, 1, 31)
            )
            assert compile_query(model, query).sql


def test_every_key_of_a_model_is_documented() -> None:
    text = README.read_text(encoding="utf-8")
    for key in yaml.safe_load(SMALL):
        assert f"`{key}`" in text
    for key in ("computed", "relation", "cardinality", "filter", "since", "aliases", "when_absent"):
        assert key in text


def test_the_short_model_means_what_its_long_form_says() -> None:
    model = load_model(SMALL)

    assert model.currency == "BRL"
    assert model.time_zone == "UTC"
    assert model.title[Language.SPANISH] == "deals"
    deals, owners = model.tables["deals"], model.tables["owners"]
    assert (deals.relation, deals.schema) == ("deals", None)
    assert deals.columns == {
        "id": "integer", "owner_id": "integer", "value": "number", "closed": "date", "stage": "text",
    }  # fmt: skip
    assert (owners.relation, owners.schema, owners.key) == ("people", "crm", "id")
    assert model.joins == (Join(table="deals", column="owner_id", to="owners"),)
    won, counted = model.metrics["won_value"], model.metrics["deal_count"]
    assert (won.date, won.format, won.owner, won.certified) == ("deals.closed", "money", "", True)
    assert won.labels[Language.ENGLISH] == Label(singular="valor ganho", plural="valor ganho")
    assert won.definition[Language.PORTUGUESE] == "valor ganho"
    assert counted.labels[Language.SPANISH] == Label(singular="negócio", plural="negócios")
    # English is never used, so it borrows the words.
    assert counted.synonyms[Language.ENGLISH] == ("quantos negócios",)
    owner = model.dimensions["owner"]
    assert (owner.table, owner.column, owner.members) == ("owners", "nick", True)
    assert owner.aliases == {"Zé": ("Zezinho",)}
    assert not model.dimensions["deal_id"].members
    assert model.dimensions["deal_id"].labels[Language.ENGLISH].singular == "deal id"
    scope = model.row_scope["seller"]
    assert (scope.dimension, scope.attribute, scope.when_absent) == ("owner", "owner", "none")


@pytest.mark.parametrize("language", list(Language))
def test_a_model_of_one_language_can_be_asked_in_it(language: Language) -> None:
    parser = QuestionParser(load_model(SMALL), {"owner": ("Zé",)})
    reading = parser.read(
        "quantos negócios por dono?", today=date(2026, 1, 1), previous=None, language=language
    )

    assert reading.query is not None
    assert reading.query.metrics == ("deal_count",)
    assert reading.query.dimensions == ("owner",)


def test_a_language_that_is_used_keeps_its_own_words() -> None:
    model = _with("{pt: dono}", "{pt: dono, en: owner}")

    assert model.metrics["deal_count"].synonyms.get(Language.ENGLISH, ()) == ()
    assert model.dimensions["owner"].labels[Language.ENGLISH].singular == "owner"


@pytest.mark.parametrize(
    "join",
    [
        "deals.owner_id = owners.id", "deals.owner_id: owners.id",
        "{from: deals.owner_id, to: owners.id}", "{table: deals, column: owner_id, to: owners.id}",
        "{from: deals.owner_id, to: owners.id, cardinality: many-to-one}",
        "{from: deals.owner_id, to: owners.id, cardinality: 'n:1'}",
    ],
)  # fmt: skip
def test_a_join_has_several_spellings(join: str) -> None:
    text = SMALL.replace("deals.owner_id -> owners.id", f'"{join}"' if join[0] != "{" else join)

    assert load_model(text).joins == load_model(SMALL).joins


@pytest.mark.parametrize(
    ("labels", "singular", "plural"),
    [
        ("labels: dona", "dona", "dona"),
        ("label: dona", "dona", "dona"),
        ("labels: [dona, donas]", "dona", "donas"),
        ("labels: {singular: dona, plural: donas, gender: f}", "dona", "donas"),
        ("labels: {pt-BR: {singular: dona}}", "dona", "dona"),
        ("labels: {en: [lady, ladies], pt: [dona, donas]}", "dona", "donas"),
        ("members: yes", "owner", "owner"),
    ],
)
def test_a_label_has_several_spellings(labels: str, singular: str, plural: str) -> None:
    label = _with("labels: {pt: dono}", labels).dimensions["owner"].labels[Language.PORTUGUESE]

    assert (label.singular, label.plural) == (singular, plural)


def test_a_short_word_is_no_truth_value() -> None:
    model = _with("{Zé: Zezinho}", "{NO: [Norway, on], 7: sete, Trueno: falsete, D: 2026-01-31}")

    assert model.dimensions["owner"].aliases == {
        "NO": ("Norway", "on"), "7": ("sete",), "Trueno": ("falsete",), "D": ("2026-01-31",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("-> owners.id", "-> owner.id", r"model:8: joins\[0\]: unknown table 'owner\.?.*did you mean 'owners'"),
        ("-> owners.id", "-> owners.nick\n  - deals.id -> owners.id", r"model:9: joins\[1\]: .*key .*'nick'"),
        ("deals.owner_id", "deals.owner", r"model:8: joins\[0\]: .*no column 'owner'.*'owner_id'"),
        ("joins:\n", "joins:\n  - {from: owners.id, to: deals.id, cardinality: one_to_many}\n",
         r"model:8: joins\[0\]: cardinality: 'one_to_many'.*known: many_to_one, one_to_one"),
        ("format: currency", "format: monney", r"model:10: metrics.won_value: format: 'monney'.*'money'"),
        ("sql: sum(value)", "sql: sum(valeu)", r"model:10: metrics.won_value.sql: .*did you mean 'value'"),
        ("date: closed, format: count", "date: closd, format: count",
         r"model:11: metrics.deal_count.date: .*did you mean 'deals.closed'"),
        ("stage: varchar(30)", "stage: varbinary", r"model:5: tables.deals: columns.stage: 'varbinary'.*text"),
        ("column: owners.nick", "column: owners.nik", r"model:13: dimensions.owner.column: .*'nick'"),
        ("column: owners.nick", "column: nick", r"model:13: dimensions.owner: missing 'table'"),
        ("{seller: owner}", "{seller: ower}", r"model:15: row_scope.seller: .*did you mean 'owner'"),
        ("{seller: owner}", "{saller: owner}", r"model:15: row_scope.saller: .*did you mean 'seller'"),
        ("name: deals\n", "", r"model:1: name: missing; add a name"),
        ("name: deals\n", "name: deals\ntime_zone: America/Sao_Paolo\n", r"model:3: .*'America/Sao_Paulo'"),
        ("name: deals\n", "name: deals\ncountry: Brasil\n", r"model:3: country: 'BRASIL'.*BR"),
        ("name: deals\n", "name: deals\nfreshness: deals.close\n", r"model:3: freshness.*'closed'"),
        ("name: deals\n", "name: deals\nfiscal_year_start: Juli\n", r"model:3: fiscal_year_start: Expected"),
        ("name: deals\n", "name: deals\ntable: {}\n", r"model:3: table: unknown key; did you mean 'tables'"),
        ("labels: {pt: dono}", "labels: {po: dono}", r"model:13: dimensions.owner: labels.po: .*pt, en, es"),
        ("labels: {pt: dono}", "labels: {pt: {singular: 7}}", r"model:13: .*labels.pt.singular: Expected"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(
    old: str, new: str, problem: str
) -> None:
    with pytest.raises(ModelInvalid) as refusal:
        _with(old, new)

    assert any(re.match(problem, each) for each in refusal.value.problems), refusal.value.problems


_STRANGE: list[Any] = [
    None,
    7,
    True,
    "",
    "x",
    {"pt": None},
    {"fr": "x"},
    [],
    ["x"],
    {},
    {"x": 1},
    {1: {}},
    [{"a": [1]}],
]


@pytest.mark.parametrize("strange", _STRANGE, ids=repr)
def test_whatever_stands_in_the_place_of_a_part_is_refused_or_read_never_a_crash(
    strange: Any,
) -> None:
    def replaced(node: Any, path: tuple[Any, ...]) -> Any:
        if not path:
            return strange
        copy = dict(node) if isinstance(node, dict) else list(node)
        copy[path[0]] = replaced(node[path[0]], path[1:])
        return copy

    whole = yaml.safe_load(SMALL)
    for path in _paths(whole):
        text = yaml.safe_dump(replaced(whole, path), allow_unicode=True)
        assert all(each.startswith("model:") for each in _problems(text)), text


def _problems(text: str) -> tuple[str, ...]:
    try:
        model = load_model(text)
    except ModelInvalid as error:
        return error.problems
    # Whoever answers looks its words up in the reader's language, and finds some.
    spoken = [model.title, *(each.labels for each in model.dimensions.values())]
    for metric in model.metrics.values():
        spoken += [metric.labels, metric.definition]
    assert all(each.keys() == set(Language) for each in spoken), text
    return ()


def _paths(node: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = [above] if above else []
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs:
        inner += _paths(value, (*above, key)) if isinstance(value, dict | list) else [(*above, key)]
    return inner


def test_the_long_form_is_left_as_it_is() -> None:
    long = yaml.safe_load(TEXT)
    model = written_out(long)

    for section in ("metrics", "dimensions", "groups", "joins"):
        for given, made in zip(_each(long[section]), _each(model[section]), strict=True):
            assert {key: made[key] for key in given} == given


def _each(section: Any) -> list[Any]:
    return list(section.values()) if isinstance(section, dict) else section
