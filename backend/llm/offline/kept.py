"""What is kept as facts, quoted with their dates: one that answers, or all about somebody."""

import re
from datetime import datetime
from unicodedata import normalize

from backend.domain.chat import Remembered, Subject
from backend.domain.facts import SELF, key_of
from backend.domain.language import Language
from backend.llm.offline.phrases import all_phrases, fold_around_is, phrases


def certainly_kept(subject: Subject) -> str | None:
    """The fact that has every telling word of the question in it, quoted; None without one."""
    # They come best first.
    best = next(iter(_facts(subject)), None)
    if best is None or best.score is None or best.score < 1:
        return None
    return quoted(best, subject)


def kept(subject: Subject, key: str) -> Remembered | None:
    """The fact about the person themself that answers what they ask for by `key`."""
    own = [line for line in _facts(subject) if (line.why or {}).get("subject") == SELF]
    for line in own[:1]:
        if line.score is not None and line.score >= 1:
            return line
    wanted = set(key_of(key).split()[:1])
    for line in own:
        if wanted & set(key_of(f"{(line.why or {}).get('topic')} {line.text}").split()):
            return line
    return None


def all_about(subject: Subject) -> str | None:
    """All that is kept of whoever the question asks about; None when it does not ask that."""
    for each in all_phrases(subject.language):
        for pattern in each.asked["about"]:
            match = pattern.search(fold_around_is(normalize("NFC", subject.question)))
            if match is not None:
                return _about(subject, key_of(match["who"]), each.language)
    return None


def quoted(line: Remembered, subject: Subject) -> str:
    says = phrases(subject.language).says
    return says["known"].format(date=_date(line, subject, subject.language), text=line.text)


def _about(subject: Subject, who: str, language: Language) -> str:
    says = phrases(language).says
    is_me = who in says["me"].split()
    lines = [
        line
        for line in _facts(subject)
        if ((line.why or {}).get("subject") == SELF if is_me else _names(line, who))
    ]
    if not lines:
        return says["known_nothing"]
    listed = "\n".join(f"- {_date(line, subject, language)}: “{line.text}”" for line in lines)
    return f"{says['known_all']}\n{listed}"


def _names(line: Remembered, who: str) -> bool:
    subject = key_of(str((line.why or {}).get("subject") or ""))
    return re.search(rf"\b{re.escape(who)}\b", f"{subject} {key_of(line.text)}") is not None


def _facts(subject: Subject) -> list[Remembered]:
    return [line for line in subject.memory if line.source == "fact"]


def _date(line: Remembered, subject: Subject, language: Language) -> str:
    # Moments come in the database's zone, where tomorrow may have begun.
    said_on = min(datetime.fromisoformat(line.at).date(), subject.today)
    return said_on.strftime(phrases(language).says["date"])
