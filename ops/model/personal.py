"""Which columns hold personal data or secrets, told by their names and by the look of their values.

Too many is the right side to err on: a person who reads the draft puts back what is none.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from stdnum import luhn
from stdnum.br import cnpj, cpf

#: What it is -> words of a column's name that say so, in the languages of our clients.
_WORDS: Mapping[str, str] = {
    "an e-mail address": "email mail correo",
    "a phone number": "phone telefone telefono fone tel cel celular mobile movil whatsapp fax ddd",
    "a person's document": "cpf cnpj rg cnh passport passaporte pasaporte ssn nif nie dni curp rfc"
    " cuit cuil document documento doc pis pasep nit ruc",
    "a date of birth": "birth birthday birthdate nascimento nasc nacimiento dob aniversario age idade"
    " edad",
    "an address": "address endereco direccion logradouro street rua calle complemento bairro zip"
    " zipcode cep postal postcode latitude longitude lat lng lon geo",
    "a secret": "password passwd senha contrasena pwd hash salt token secret segredo secreto apikey"
    " credential otp pin",
    "a bank or card number": "iban card cartao tarjeta pix swift bic",
    "a person's name": "firstname lastname fullname surname sobrenome apellido apellidos mae pai",
    "a person's picture": "photo foto avatar",
    "a trait of a person": "gender sexo genero race raca religion religiao salary salario",
    "free text, which may hold anything": "note notes nota notas obs observacao observacoes"
    " observaciones comment comments comentario comentarios memo bio message mensagem mensaje",
    "where somebody was": "ip ipaddress useragent",
}
_BY_WORD = {word: reason for reason, words in _WORDS.items() for word in words.split()}
#: Two words that mean one of the above only together.
_PAIRS: Mapping[tuple[str, str], str] = {
    ("first", "name"): "a person's name",
    ("last", "name"): "a person's name",
    ("full", "name"): "a person's name",
    ("contact", "name"): "a person's name",
    ("nome", "completo"): "a person's name",
    ("nome", "contato"): "a person's name",
    ("nombre", "contacto"): "a person's name",
    ("api", "key"): "a secret",
    ("e", "mail"): "an e-mail address",
    ("data", "nasc"): "a date of birth",
}
#: A word this long within another is no accident.
_TELLING = 5
_STEPS = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+")

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[a-zA-Z]{2,}")
_PHONE = re.compile(r"\+\d[\d ().-]{7,18}|\(\d{2,4}\) ?\d{3,5}[- .]?\d{3,4}|\d{2} 9\d{4}-?\d{4}")
_DOTTED = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}")
_SECRET = re.compile(r"(?:[0-9a-f]{32,}|\$2[aby]\$.{50,}|[A-Za-z0-9+/_=-]{40,})")
_ADDRESS_OF_A_MACHINE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")

#: So many of a column's values must look like it: a stray one is a typing mistake.
_MOST = 0.6
_FEWEST = 3


def personal(column: str, values: Iterable[Any]) -> str | None:
    """What the column seems to hold, or None."""
    return _by_name(column) or _by_look(values)


def _by_name(column: str) -> str | None:
    plain = unicodedata.normalize("NFKD", column)
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    words = [each.lower() for each in _STEPS.findall(plain)]
    for pair in pairwise(words):
        if pair in _PAIRS or pair[::-1] in _PAIRS:
            return _PAIRS.get(pair) or _PAIRS[pair[::-1]]
    found = next((each for each in words if each in _BY_WORD), None)
    # "emailaddress" and "custphone" are one word to a database.
    within = (each for each in _BY_WORD if len(each) >= _TELLING and each in plain.lower())
    found = found or next(within, None)
    return _BY_WORD[found] if found else None


def _by_look(values: Iterable[Any]) -> str | None:
    texts = [
        str(each).strip()
        for each in values
        if isinstance(each, str | int) and not isinstance(each, bool)
    ]
    texts = [each for each in texts if each]
    if len(texts) < _FEWEST:
        return None
    for reason, looks in _LOOKS.items():
        if sum(map(looks, texts)) >= _MOST * len(texts):
            return reason
    return None


def _document(text: str) -> bool:
    if _DOTTED.fullmatch(text):
        return True
    # As a number it has lost its zeros.
    digits = text.zfill(11) if 9 <= len(text) <= 11 else text.zfill(14)
    return text.isdigit() and len(text) >= 9 and (cpf.is_valid(digits) or cnpj.is_valid(digits))


def _card(text: str) -> bool:
    digits = re.sub(r"[ -]", "", text)
    return digits.isdigit() and 13 <= len(digits) <= 19 and bool(luhn.is_valid(digits))


_LOOKS: Mapping[str, Callable[[str], bool]] = {
    "an e-mail address": lambda text: _EMAIL.fullmatch(text) is not None,
    "a person's document": _document,
    "a phone number": lambda text: _PHONE.fullmatch(text) is not None,
    "a bank or card number": _card,
    "a secret": lambda text: _SECRET.fullmatch(text) is not None,
    "where somebody was": lambda text: _ADDRESS_OF_A_MACHINE.fullmatch(text) is not None,
}
