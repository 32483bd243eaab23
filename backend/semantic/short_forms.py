"""The short forms of a model's text, written out, where what they mean is in no doubt.

"orders.customer_id -> customers" is a join, "varchar(40)" a text, "July" a month. What cannot be
understood is left as it is, for the loader to refuse with its place.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from backend.semantic.column_types import column_type
from backend.semantic.label_forms import labels, languages_of, lent, texts, words

_JOIN = re.compile(r"\s*(\w+)\.(\w+)\s*(?:->|=|:)\s*(\w+)(?:\.(\w+))?\s*")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_TRUTH: Mapping[Any, bool] = {"yes": True, "no": False, "on": True, "off": False}
_CARDINALITIES: Mapping[Any, str] = {
    **dict.fromkeys(("many-to-one", "n:1", "n-1"), "many_to_one"),
    **dict.fromkeys(("one-to-one", "1:1", "1-1"), "one_to_one"),
}
_FORMATS: Mapping[Any, str] = {
    "currency": "money",
    "monetary": "money",
    "percentage": "percent",
    "%": "percent",
    "integer": "count",
    "number": "quantity",
    "decimal": "quantity",
}


def written_out(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same model in its long form. The data that is given stays as it is."""
    used = tuple(dict.fromkeys(_languages(data)))
    model = dict(data)
    name = data.get("name")
    if isinstance(name, str) or "title" in data:
        model["title"] = texts(data.get("title"), texts(name, {}))
    model.setdefault("time_zone", "UTC")
    if isinstance(data.get("freshness"), str):
        model["freshness"] = {"probe": data["freshness"]}
    for key, form in (("currency", str.upper), ("country", str.upper), ("week_start", str.lower)):
        if isinstance(data.get(key), str):
            model[key] = form(data[key])
    month = data.get("fiscal_year_start")
    if isinstance(month, str) and month.lower() in _MONTHS:
        model["fiscal_year_start"] = _MONTHS.index(month.lower()) + 1
    for section, form_of in (("tables", _table), ("row_scope", _scope)):
        _each(model, section, form_of)
    _each(model, "metrics", lambda name, given: _metric(name, given, used))
    _each(model, "groups", lambda name, given: _group(given, used))
    if isinstance(data.get("joins"), list):
        model["joins"] = [_join(each, model.get("tables")) for each in data["joins"]]
    _each(model, "dimensions", lambda name, given: _dimension(name, given, used, model))
    return model


def _each(model: dict[str, Any], section: str, form: Any) -> None:
    """Names that are no text, and entries that are no mapping, are the loader's to refuse."""
    if isinstance(model.get(section), dict):
        model[section] = {
            name: form(name, given) if isinstance(name, str) else given
            for name, given in model[section].items()
        }


def _languages(data: Mapping[str, Any]) -> Iterator[str]:
    for section in ("metrics", "dimensions", "groups"):
        entries = data.get(section)
        for entry in entries.values() if isinstance(entries, dict) else ():
            if isinstance(entry, dict):
                for key in ("labels", "label", "synonyms", "words"):
                    yield from languages_of(entry.get(key))


def _table(name: str, given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    table = {"relation": name, **given}
    relation = table["relation"]
    if isinstance(relation, str) and relation.count(".") == 1 and "schema" not in given:
        table["schema"], table["relation"] = relation.split(".")
    columns = table.get("columns")
    if isinstance(columns, dict):
        table["columns"] = {key: _type(kind) for key, kind in columns.items()}
    if "description" in given:
        table["description"] = texts(given["description"], {})
    made = table.get("computed")
    if isinstance(made, dict):
        table["computed"] = {
            key: {**each, "type": _type(each.get("type"))} if isinstance(each, dict) else each
            for key, each in made.items()
        }
    return table


def _type(written: Any) -> Any:
    return (column_type(written) or written) if isinstance(written, str) else written


def _join(given: Any, tables: Any) -> Any:
    """One that names the column at its other end gives the table there its key."""
    join: Any = given
    if isinstance(given, str):
        found = _JOIN.fullmatch(given)
        if found is None:
            return given
        join = {"table": found[1], "column": found[2], "to": found[3]}
        if found[4]:
            join["to"] += f".{found[4]}"
    if not isinstance(join, dict):
        return given
    join = dict(join)
    origin = join.get("from")
    if isinstance(origin, str) and origin.count(".") == 1 and not {"table", "column"} & join.keys():
        del join["from"]
        join["table"], join["column"] = origin.split(".")
    cardinality = join.get("cardinality")
    if isinstance(cardinality, str):
        join["cardinality"] = _CARDINALITIES.get(cardinality.lower(), cardinality)
    target = join.get("to")
    if isinstance(target, str) and target.count(".") == 1:
        table, column = target.split(".")
        entry = _under(tables, table)
        if isinstance(entry, dict) and entry.setdefault("key", column) == column:
            join["to"] = table
    return join


def _metric(name: str, given: Any, used: tuple[str, ...]) -> Any:
    if not isinstance(given, dict):
        return given
    metric = _worded(name, given, used)
    date, table = given.get("date"), given.get("table")
    if isinstance(date, str) and isinstance(table, str) and "." not in date:
        metric["date"] = f"{table}.{date}"
    written = given.get("format")
    if isinstance(written, str):
        metric["format"] = _FORMATS.get(written.lower(), written.lower())
    certified = given.get("certified", True)
    metric["certified"] = _truth(certified)
    metric["owner"] = given.get("owner", "")
    if "definition" not in given and "description" in given:
        metric["definition"] = metric.pop("description")
    names = metric["labels"]
    plurals = (
        {key: each.get("plural") for key, each in names.items() if isinstance(each, dict)}
        if isinstance(names, dict)
        else None
    )
    metric["definition"] = texts(metric.get("definition"), plurals)
    return metric


def _dimension(name: str, given: Any, used: tuple[str, ...], model: Mapping[str, Any]) -> Any:
    if not isinstance(given, dict):
        return given
    dimension = _worded(name, given, used)
    column = given.get("column")
    if isinstance(column, str) and column.count(".") == 1 and "table" not in given:
        dimension["table"], dimension["column"] = column.split(".")
    if "description" in given:
        dimension["description"] = texts(given["description"], {})
    dimension["members"] = _truth(
        given.get("members", _is_text(model, dimension.get("table"), dimension.get("column")))
    )
    aliases = given.get("aliases")
    if isinstance(aliases, dict):
        dimension["aliases"] = {
            str(key) if type(key) is int else key: [each] if isinstance(each, str) else each
            for key, each in aliases.items()
        }
    return dimension


def _is_text(model: Mapping[str, Any], table: Any, column: Any) -> bool:
    found = _under(model.get("tables"), table)
    kinds = (_under(_under(found, part), column) for part in ("columns", "computed"))
    return any(
        (each if isinstance(each, str) else _under(each, "type")) == "text" for each in kinds
    )


def _under(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if isinstance(mapping, dict) and isinstance(key, str) else None


def _group(given: Any, used: tuple[str, ...]) -> Any:
    if not isinstance(given, dict):
        return given
    group = {**given, "words": lent(words(given.get("words")), used)}
    written = given.get("labels", given.get("label"))
    if written is not None:
        group["labels"] = labels(written, "")
        group.pop("label", None)
    return group


def _worded(name: str, given: Mapping[str, Any], used: tuple[str, ...]) -> dict[str, Any]:
    entry = dict(given)
    if "labels" not in given:
        entry["labels"] = entry.pop("label", None)
    entry["labels"] = labels(entry["labels"], name)
    entry["synonyms"] = lent(words(given.get("synonyms")), used)
    return entry


def _scope(role: str, given: Any) -> Any:
    if isinstance(given, str):
        return {"dimension": given, "attribute": given}
    if isinstance(given, dict) and isinstance(given.get("dimension"), str):
        return {"attribute": given["dimension"], **given}
    return given


def _truth(given: Any) -> Any:
    return _TRUTH.get(given.lower(), given) if isinstance(given, str) else given
