"""Take personal numbers and secrets out of text before it is logged.

CPF, CNPJ (alphanumeric since July 2026), cards, phones, e-mails, and keys, however people
space and punctuate them. Over-masking is cheap in a log, so check digits are not asked for.
Every repeat is bounded, and what a repeat may take, what follows it may not: all are linear.
"""

import re
from typing import Literal

#: A prompt is cut before it is searched, so a giant text costs a bounded time.
MOST_CHARACTERS = 2_000

# In order: a login before the e-mail that its `password@host` looks like, keys before the numbers
# inside them, and a longer number before a shorter one that it holds.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b[A-Za-z][A-Za-z0-9+]{1,20}://[^\s:@/]{0,64}:[^\s@/]{1,256}@"), "[login]@"),
    # What is left of the @ is told by what it cannot be: an accent may be a character of its own.
    (re.compile(r"[^\s@<>()\[\],;:=\"]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"), "[e-mail]"),
    (re.compile(r"(?i)\bbearer\s{1,20}[A-Za-z0-9._~+/=-]{8,1000}"), "[key]"),
    (re.compile(r"\beyJ[\w-]{8,1000}(?:\.[\w-]{1,1000}){0,2}"), "[key]"),  # a JSON Web Token
    (
        re.compile(
            r"\b(?:g?sk|pk|rk|sc|hf_|AIza|AKIA|ASIA|gh[oprsu]_|github_pat|glpat|xox[abeprs])"
            r"[-_A-Za-z0-9]{16,500}"
        ),
        "[key]",
    ),
    (re.compile(r"\+\d(?:[ ()-]{0,2}\d){7,14}(?!\d)"), "[phone]"),
    (re.compile(r"(?<!\d)\d{2}[ .-]?\d{3}[ .-]?\d{3}[ ./-]?\d{4}[ .-]?\d{2}(?!\d)"), "[CNPJ]"),
    # With letters: a digit among the first eight tells it from a word, as in CLIENTES/2026-10.
    (
        re.compile(
            r"(?i)\b(?=[A-Z.]{0,9}\d)[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?\d{2}\b"
        ),
        "[CNPJ]",
    ),
    # No card begins with 19 or 20, but years in a row do.
    (
        re.compile(r"(?<!\d)(?!(?:19|20)\d\d[ .-])\d{4}[ .-]?\d{4}[ .-]?\d{4}[ .-]?\d{1,7}(?!\d)"),
        "[card]",
    ),
    (re.compile(r"(?<!\d)3[47]\d{2}[ .-]?\d{6}[ .-]?\d{5}(?!\d)"), "[card]"),
    (re.compile(r"(?<!\d)\d{3}[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{2}(?!\d)"), "[CPF]"),
    (
        re.compile(r"\(?(?<!\d)0?\d{2}\)?[ .-]?(?:9[ .-]?)?\d{4}[ .-]?\d{4}(?!\d)"),
        "[phone]",
    ),
    # Without an area code: a mobile, or a landline, whose first digit no year has.
    (re.compile(r"(?<![\d.,])9(?:\d{4}[ .-]|[ .]\d{4}-)\d{4}(?!\d)"), "[phone]"),
    (re.compile(r"(?<![\d.,-])[345]\d{3}-\d{4}(?![\d-])"), "[phone]"),
)


def redact(text: str, keep: Literal["start", "end"] = "start") -> str:
    """The text with what identifies people or opens doors replaced by what it was.

    Of a text longer than MOST_CHARACTERS the start stays, or the end: a traceback's last lines
    say what went wrong.
    """
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS] + "…" if keep == "start" else "…" + _end(text)
    for pattern, name in _PATTERNS:
        text = pattern.sub(name, text)
    return text


def _end(text: str) -> str:
    """The last whole lines: half a login at the cut would not be recognised as one."""
    end = text[-MOST_CHARACTERS:]
    _, line_break, lines = end.partition("\n")
    return line_break + lines if lines else end
