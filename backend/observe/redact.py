"""Take personal numbers and secrets out of text before it is logged.

CPF, CNPJ (alphanumeric since July 2026), cards, phones, e-mails, and keys. Over-masking is
cheap in a log, so check digits are not asked for. Every pattern is linear: no nested repeats.
"""

import re

#: A prompt is cut before it is searched, so a giant text costs a bounded time.
MOST_CHARACTERS = 2_000

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"),
        "[e-mail]",
    ),
    (re.compile(r"\b[a-z][a-z0-9+]{1,20}://[^\s:@/]{1,64}:[^\s@/]{1,256}@"), "[login]@"),
    (re.compile(r"\b(?:sk|pk|rk|sc|AIza|ghp|xox[bap])[-_A-Za-z0-9]{16,200}"), "[key]"),
    (re.compile(r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,500}"), "[key]"),
    (re.compile(r"\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/[0-9A-Z]{4}-?\d{2}\b"), "[CNPJ]"),
    (re.compile(r"\b\d{14}\b"), "[CNPJ]"),
    (re.compile(r"\b\d{3}\.\d{3}\.\d{3}-?\d{2}\b"), "[CPF]"),
    (re.compile(r"\b(?:\d{4}[ -]?){3}\d{1,7}\b"), "[card]"),
    (re.compile(r"\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b"), "[card]"),
    (re.compile(r"(?:\+\d{1,3}[ .-]?)?\(?\b\d{2}\)?[ .-]?9?\d{4}[ .-]?\d{4}\b"), "[phone]"),
    (re.compile(r"\b\d{11}\b"), "[CPF]"),
)


def redact(text: str) -> str:
    """The text with what identifies people or opens doors replaced by what it was."""
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS] + "…"
    for pattern, name in _PATTERNS:
        text = pattern.sub(name, text)
    return text
