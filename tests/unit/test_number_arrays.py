"""Arrays of numbers as Postgres reads them in binary."""

from struct import unpack_from

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.store.number_arrays import Bigints, Integers, Reals, Smallints

KINDS = [(Smallints, "h", 2), (Integers, "i", 4), (Bigints, "q", 8)]


@pytest.mark.parametrize(("kind", "code", "size"), KINDS)
@given(data=st.data())
def test_each_number_stands_behind_its_length_in_order(
    kind: type[Smallints] | type[Integers] | type[Bigints],
    code: str,
    size: int,
    data: st.DataObject,
) -> None:
    most = 2 ** (8 * size - 1)
    numbers = data.draw(st.lists(st.integers(-most, most - 1), min_size=1, max_size=20))
    sent = kind.of(numbers)
    assert unpack_from("!iiIii", sent) == (1, 0, kind.oid, len(numbers), 1)
    elements = [unpack_from(f"!i{code}", sent, 20 + (4 + size) * n) for n in range(len(numbers))]
    assert elements == [(size, number) for number in numbers]
    assert len(sent) == 20 + (4 + size) * len(numbers)


@given(st.lists(st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3), min_size=1))
def test_vectors_follow_one_another(vectors: list[list[float]]) -> None:
    sent = Reals.of_vectors(vectors)
    numbers = [number for vector in vectors for number in vector]
    elements = [unpack_from("!if", sent, 20 + 8 * place) for place in range(len(numbers))]
    assert elements == [(4, number) for number in numbers]


def test_no_numbers_are_an_array_without_dimensions() -> None:
    assert Bigints.of([]) == bytes(8) + (20).to_bytes(4)
