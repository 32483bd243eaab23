"""A question in everyday words, in Portuguese, English or Spanish, to a MetricQuery.

The words are scanned to spans (phrases of the vocabulary and periods); then the rules below claim,
in this order, the spans that they understand:

    comparison -> period -> grouping -> wider than before -> filters -> who -> absence -> ranking
    -> asked for -> grain -> sorting -> thresholds -> counted -> measures -> shares, running totals,
    the rest -> words that change nothing

Every word must be claimed: a word dropped unseen would be a wrong figure told with confidence. What
is left makes the reading incomplete, and the user is told which words. So does a word that may
mean two things: then there are two readings, and the user is asked which.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Reading
from backend.semantic.absence import read_absence
from backend.semantic.breakdown import (
    read_asked_for,
    read_bare_dimension,
    read_grain,
    read_grouping,
)
from backend.semantic.company_calendar import CompanyCalendar
from backend.semantic.comparing import read_compared_members, read_comparison, settle_comparison
from backend.semantic.counting import read_closing, read_counted
from backend.semantic.draft import Draft
from backend.semantic.drafted import queries_of
from backend.semantic.empty_words import claim_empty_words
from backend.semantic.filters import read_filters, read_owned
from backend.semantic.follow_up import either, period_of, take_over, year_in_doubt
from backend.semantic.language import detect_language, likely_languages
from backend.semantic.listed_periods import read_period
from backend.semantic.measures import read_measures, read_missing_measure
from backend.semantic.member_names import MemberNames, Members
from backend.semantic.model import SemanticModel
from backend.semantic.ranking import read_direction, read_ranking, read_who
from backend.semantic.sentence import Sentence, scan
from backend.semantic.side_figures import read_rest, read_running_total, read_share, run_up_to_today
from backend.semantic.soundness import doubted, is_sound
from backend.semantic.span import Span
from backend.semantic.thresholds import read_thresholds, settle_thresholds
from backend.semantic.time_words import time_words
from backend.semantic.tokens import Token, tokenise
from backend.semantic.unknown_names import with_unknown_names
from backend.semantic.validity import is_valid
from backend.semantic.verb_metrics import closings, metrics_of_verbs
from backend.semantic.vocabulary import Vocabulary
from backend.semantic.widening import read_widening

#: A question for one figure is a sentence or two. What is longer is a text about something, for a
#: model to read: word by word it would hold up every other thread for a second.
LONGEST_QUESTION = 600


class QuestionParser:
    """Reads questions over one semantic model. Safe to share between threads.

    `members` are the values that its dimensions have in the data, as the database writes them.
    """

    def __init__(self, model: SemanticModel, members: Members) -> None:
        self._model = model
        self._by_verb = metrics_of_verbs(model)
        self._closings = closings(model)
        self._calendar = CompanyCalendar(
            country=model.country or "",
            fiscal_year_start=model.fiscal_year_start,
            week_start=model.week_start,
        )
        names = MemberNames(model, members)
        self._vocabularies = {language: Vocabulary(model, names, language) for language in Language}
        self._knows = {
            language: vocabulary.knows for language, vocabulary in self._vocabularies.items()
        }

    def read(
        self,
        question: str,
        *,
        today: date,
        previous: MetricQuery | None,
        language: Language = Language.PORTUGUESE,
    ) -> Reading:
        """`language` is the conversation's: it decides where the words of a question do not."""
        if len(question) > LONGEST_QUESTION:
            spoken = detect_language(question[:LONGEST_QUESTION], language)
            return Reading(query=None, language=spoken, complete=False)
        if previous is not None and not is_valid(self._model, previous):
            # Of another data source, or of this one before its model was changed.
            previous = None
        tokens = tokenise(question)
        likely, *others = likely_languages(question, language, self._knows)
        spelling = self._vocabularies[likely].spelling
        first = self._read(tuple(map(spelling.correct, tokens)), today, previous, likely)
        if first.complete:
            return self._unless_unread(first, tokens, others)
        # A word of one language is no misspelling in another: no guesses here.
        readings = (self._read(tokens, today, previous, other) for other in others)
        found = next((reading for reading in readings if reading.complete), first)
        return self._unless_unread(found, tokens, (likely, *others))

    def spans(
        self, text: str, language: Language, today: date
    ) -> tuple[tuple[Token, ...], Sequence[Span]]:
        """What an answer's words are: metrics, members, periods. No misspelling is put right."""
        tokens = tokenise(text)
        vocabulary = self._vocabularies[language]
        period = vocabulary.lexicon.period
        said = [token.word for token in tokens]
        time = time_words(said, period, today, language, None, self._calendar)
        return tokens, scan(tokens, time, vocabulary).spans

    def _read(
        self,
        tokens: tuple[Token, ...],
        today: date,
        previous: MetricQuery | None,
        language: Language,
    ) -> Reading:
        vocabulary = self._vocabularies[language]
        tokens = tuple(map(vocabulary.written_out, tokens))
        marker = vocabulary.lexicon.follow_up.match([token.word for token in tokens], 0)
        tokens = tokens[marker[1] :] if marker else tokens
        draft, sentence = self._draft(tokens, vocabulary, today, None, follows=False)
        goes_on = marker is not None or not draft.metrics
        names_metrics_only = draft.names_metrics_only
        if previous is not None and (goes_on or names_metrics_only):
            follow_up, sentence_of_it = self._draft(
                tokens, vocabulary, today, previous, follows=True
            )
            if not follow_up.is_empty:
                taken = take_over(follow_up, previous, self._model, today)
                run_up_to_today(taken, self._model, today)
                followed = self._reading(taken, sentence_of_it, language, follow_up=True)
                if goes_on:
                    said = [token.word for token in tokens]
                    if marker is None and draft.stands_alone:
                        read_missing_measure(draft, self._model)
                        run_up_to_today(draft, self._model, today)
                        anew = self._reading(draft, sentence, language, follow_up=False)
                        if anew.complete and followed.complete:
                            return either(followed, anew)
                    return year_in_doubt(
                        followed,
                        follow_up,
                        period_of(previous, today),
                        entire=vocabulary.lexicon.period.says("whole", "whole_behind", words=said),
                    )
                run_up_to_today(draft, self._model, today)
                return either(followed, self._reading(draft, sentence, language, follow_up=False))
        read_missing_measure(draft, self._model)
        run_up_to_today(draft, self._model, today)
        return self._reading(draft, sentence, language, follow_up=False)

    def _unless_unread(
        self, reading: Reading, tokens: tuple[Token, ...], likely: Sequence[Language]
    ) -> Reading:
        """Not complete where another likely language has words that no grammar reads.

        "O que é" asks for a meaning in Portuguese; in Spanish its words are empty one by one.
        """
        others = (each for each in likely if reading.complete and each is not reading.language)
        unread = next(
            filter(None, (self._vocabularies[each].unread(tokens) for each in others)), ""
        )
        return replace(reading, complete=False, not_understood=(unread,)) if unread else reading

    def _draft(
        self,
        tokens: tuple[Token, ...],
        vocabulary: Vocabulary,
        today: date,
        previous: MetricQuery | None,
        *,
        follows: bool,
    ) -> tuple[Draft, Sentence]:
        time = time_words(
            [token.word for token in tokens],
            vocabulary.lexicon.period,
            today,
            vocabulary.language,
            period_of(previous, today),
            self._calendar,
        )
        spans = scan(tokens, time, vocabulary).spans
        sentence, draft = Sentence(tokens, with_unknown_names(tokens, spans)), Draft()
        before = previous if follows else None
        read_comparison(sentence, draft, time, period_of(before, today))
        read_period(sentence, draft, time)
        read_grouping(sentence, draft)
        read_widening(sentence, draft, before)
        read_filters(sentence, draft)
        read_who(sentence, draft, vocabulary.who)
        read_absence(
            sentence, draft, self._model, self._by_verb, placed=vocabulary.placed, today=today
        )
        read_ranking(sentence, draft, vocabulary.lexicon.qualities, follow_up=follows)
        read_asked_for(sentence, draft)
        if follows and not draft.has_breakdown:
            read_bare_dimension(sentence, draft)
        read_grain(sentence, draft)
        read_direction(sentence, draft)
        settle_comparison(draft)
        who, counts = vocabulary.who, vocabulary.counts
        read_thresholds(
            sentence,
            draft,
            self._model,
            vocabulary.language,
            counts=counts,
            by_verb=self._by_verb,
            before=before,
        )
        settle_thresholds(sentence, draft)
        read_counted(sentence, draft, self._model, who=who, counts=counts)
        read_measures(sentence, draft, self._model, self._by_verb)
        read_closing(sentence, draft, counts, self._closings)
        read_compared_members(sentence, draft)
        read_share(sentence, draft, before)
        read_running_total(sentence, draft, before, time)
        read_rest(sentence, draft, before)
        read_owned(sentence, draft, self._model)
        claim_empty_words(sentence, draft)
        return draft, sentence

    def _reading(
        self, draft: Draft, sentence: Sentence, language: Language, *, follow_up: bool
    ) -> Reading:
        left = sentence.left()
        queries = list(queries_of(draft, self._model)) if draft.metrics else []
        query = queries[0] if queries else None
        if query is not None and not left:
            left = sentence.written(doubted(query, draft, self._model))
        return Reading(
            query=query,
            language=language,
            complete=len(queries) == 1 and not left and is_sound(queries[0], draft, self._model),
            not_understood=left,
            follow_up=follow_up and query is not None,
            readings=tuple(queries)
            if len(queries) > 1 and all(is_sound(each, draft, self._model) for each in queries)
            else (),
        )
