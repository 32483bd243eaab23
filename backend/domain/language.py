"""The three languages a question may come in; the answer comes in the same one."""

from enum import StrEnum


class Language(StrEnum):
    PORTUGUESE = "pt"
    ENGLISH = "en"
    SPANISH = "es"
