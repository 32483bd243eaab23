"""What a column is for, guessed from its name, type and values. A person decides."""

import re
from collections.abc import Collection, Iterator

from ops.model.database import Column, Relation

_ADDED_UP = re.compile(
    r"(amount|total|value|valor|revenue|receita|sales|quantity|quantidade|qty|qtd|cost|custo|freight|"
    r"frete|tax|imposto|points|units|unidades|hours|horas|minutes|importe|monto|cantidad|price|preco|fee)"
)
#: Of one thing: their sum means nothing.
_NOT_ADDED_UP = re.compile(
    r"(unit|rate|ratio|percent|pct|taxa|list|standard|discount|desconto|level|per_)"
)
_MONEY = re.compile(
    r"(amount|value|valor|revenue|receita|sales|cost|custo|freight|frete|tax|imposto|importe|monto|"
    r"price|preco|fee|total)"
)
_PRICE = re.compile(r"(price|preco|valor_unit|unit_value)")
_AMOUNT = re.compile(r"(amount|total|importe|monto)")
_QUANTITY = re.compile(r"(quantity|quantidade|qty|qtd|units|unidades|cantidad)")
#: A day by which figures are told, the likeliest first.
_DAYS = (
    re.compile(
        r"(order|sale|venda|sold|invoice|emiss|compra|purchase|pedido|signed|returned|paid)"
    ),
    re.compile(r"^(date|data|fecha|day|dia)$"),
    re.compile(r"(opened|created|criad|start|inicio|happened|done|date|data|fecha|_on$|_at$)"),
)
_OTHER_DAYS = re.compile(
    r"(birth|nasc|hire|admiss|update|alterad|modif|due|venc|required|expected|ship|deleted|expire|load)"
)
#: Longer texts, on average, are sentences.
_LONG = 60
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def best_day(relation: Relation, kept: Collection[str]) -> str | None:
    """The column by which the rows of a table are most likely told in time."""
    days = [
        each
        for each in relation.columns
        if each.name in kept and each.type in ("date", "datetime", "timestamp")
    ]
    for rule in _DAYS:
        for each in days:
            name = each.name.lower()
            if rule.search(name) and not _OTHER_DAYS.search(name):
                return each.name
    return next((each.name for each in days if not _OTHER_DAYS.search(each.name.lower())), None)


def measures(relation: Relation, kept: Collection[str]) -> Iterator[tuple[Column, str]]:
    """Columns to add up, each with the format of its sum."""
    keys = {relation.key, *(link.column for link in relation.links)}
    for each in relation.columns:
        name = each.name.lower()
        if each.name not in kept or each.name in keys:
            continue
        numeric = each.type in ("integer", "number", "real", "double")
        if numeric and _ADDED_UP.search(name) and not _NOT_ADDED_UP.search(name):
            money = _MONEY.search(name) and not _QUANTITY.search(name)
            yield each, "money" if money else "quantity"


def priced(relation: Relation, kept: Collection[str]) -> tuple[str, str] | None:
    """The columns of a line's price and quantity, where the table holds no amount of its own."""
    numbers = [
        each.name
        for each in relation.columns
        if each.name in kept and each.type in ("integer", "number", "real", "double")
    ]
    prices = [each for each in numbers if _PRICE.search(each.lower())]
    quantities = [each for each in numbers if _QUANTITY.search(each.lower())]
    amounts = [each for each in numbers if _AMOUNT.search(each.lower())]
    if len(prices) != 1 or len(quantities) != 1 or amounts:
        return None
    return prices[0], quantities[0]


def dimensions(relation: Relation, kept: Collection[str]) -> Iterator[Column]:
    """Columns of words to group by: neither keys nor sentences."""
    keys = {relation.key, *(link.column for link in relation.links)}
    for each in relation.columns:
        if each.type != "text" or each.name not in kept or each.name in keys:
            continue
        values = [str(value) for value in relation.samples.get(each.name, ())]
        if values and sum(map(len, values)) / len(values) <= _LONG and not _are_days(values):
            yield each


def text_days(relation: Relation, kept: Collection[str]) -> Iterator[str]:
    """Text columns whose values are days."""
    for each in relation.columns:
        values = [str(value) for value in relation.samples.get(each.name, ())]
        if each.type == "text" and each.name in kept and _are_days(values):
            yield each.name


def _are_days(values: list[str]) -> bool:
    return bool(values) and all(_ISO.match(value) for value in values)
