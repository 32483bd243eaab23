"""Ranking over columns as Postgres sends them: windows end where a conversation does."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.memory.ranking import ranked
from backend.store.talk import Hits, Talk


def array(code: str, values: list[int] | list[float]) -> bytes:
    """As `array_send` writes an array: dimensions, nulls, type, size, bound."""
    if not values:
        return struct.pack(">iii", 0, 0, 23)
    head = struct.pack(">iiiii", 1, 0, 23, len(values), 1)
    size = struct.calcsize(f">{code}")
    return head + b"".join(struct.pack(f">i{code}", size, value) for value in values)


def a_talk(
    talks: list[int],
    hits: dict[int, dict[int, int]],
    *,
    semantic: list[float] | None = None,
    dated: list[int] | None = None,
    unwanted: list[int] | None = None,
) -> Talk:
    """Memories 1, 2, 3 … of ten words each; `hits` is word -> memory -> count."""
    size = len(talks)
    return Talk(
        places=array("q", [no << 32 | each << 15 | 10 for no, each in enumerate(talks, start=1)]),
        semantic=array("f", semantic or [math.nan] * size),
        dated_nos=array("i", dated or []),
        except_nos=array("i", unwanted or []),
        hits=[
            Hits(
                word=word,
                nos=array("i", list(counts))[20:],
                counts=b"".join(struct.pack(">ih", 2, count) for count in counts.values()),
            )
            for word, counts in hits.items()
        ],
    )


def test_a_word_speaks_for_what_is_said_after_it_in_its_conversation_only() -> None:
    ranks = {rank.no: rank for rank in ranked(a_talk([7, 7, 7, 8, 8, 8], {0: {3: 1}}), most=6)}
    assert ranks[3].lexical > 0
    assert ranks[2].spoken > 0
    assert ranks[2].lexical == 0
    assert [ranks[no].spoken for no in (4, 5, 6)] == [0, 0, 0]


def test_what_has_all_words_around_it_is_before_what_has_one_often() -> None:
    hits = {0: {1: 1, 9: 5}, 1: {3: 1}}
    best = ranked(a_talk([1] * 5 + [2] * 5, hits), most=1)[0]
    assert best.no == 3


def test_a_memory_of_another_model_is_compared_by_words_alone() -> None:
    talk = a_talk([1, 2, 3], {}, semantic=[0.1, math.nan, 0.9])
    ranks = {rank.no: rank for rank in ranked(talk, most=3)}
    assert ranks[2].semantic is None
    assert ranks[3].score > ranks[1].score == ranks[2].score


def test_a_number_that_is_gone_is_not_found() -> None:
    """Postings may name a memory that was forgotten between two statements."""
    assert {rank.no for rank in ranked(a_talk([1, 1], {0: {2: 1, 9: 3}}), most=9)} == {1, 2}


def test_what_is_not_wanted_still_speaks_for_what_stands_beside_it() -> None:
    ranks = ranked(a_talk([1, 1, 2, 2], {0: {1: 1}}, unwanted=[1]), most=4)
    assert ranks[0].no == 2
    assert {rank.no for rank in ranks} == {2, 3, 4}


def test_said_in_the_period_goes_before_said_in_other_words() -> None:
    talk = a_talk([1, 2, 3], {0: {1: 1, 3: 1}}, dated=[3])
    assert ranked(talk, most=1)[0].no == 3


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=12),
    st.dictionaries(
        st.integers(0, 4), st.dictionaries(st.integers(1, 12), st.integers(1, 4), min_size=1)
    ),
    st.integers(1, 12),
)
def test_any_talk_is_ranked_once_each_and_between_nought_and_one(
    talks: list[int], hits: dict[int, dict[int, int]], most: int
) -> None:
    ranks = ranked(a_talk(talks, hits), most=most)
    assert len({rank.no for rank in ranks}) == len(ranks) == min(most, len(talks))
    assert all(0 <= rank.score <= 1 for rank in ranks)
    assert all(rank.lexical >= 0 and rank.spoken <= rank.possible + 1e-9 for rank in ranks)
    scores = [rank.score for rank in ranks]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("size", [1, 2])
def test_a_short_talk_has_no_neighbours_to_miss(size: int) -> None:
    assert len(ranked(a_talk([1] * size, {0: {1: 1}}), most=5)) == size
