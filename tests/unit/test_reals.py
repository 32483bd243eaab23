"""Floats as Postgres reads them in binary."""

from struct import unpack_from

from hypothesis import given
from hypothesis import strategies as st

from backend.store.reals import Reals

VECTORS = st.lists(
    st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3), min_size=1, max_size=9
)


@given(VECTORS)
def test_each_number_stands_behind_its_length_in_order(vectors: list[list[float]]) -> None:
    sent = Reals.of(vectors)
    numbers = [number for vector in vectors for number in vector]
    assert unpack_from("!iiIii", sent) == (1, 0, 700, len(numbers), 1)
    elements = [unpack_from("!if", sent, 20 + 8 * place) for place in range(len(numbers))]
    assert elements == [(4, number) for number in numbers]
    assert len(sent) == 20 + 8 * len(numbers)


def test_no_numbers_are_an_array_without_dimensions() -> None:
    assert Reals.of([]) == bytes(8) + (700).to_bytes(4)
