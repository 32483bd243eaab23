"""Money never drifts and is never written in exponents."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.usage import NANO_PER_DOLLAR, Usage, dollars

usages = st.builds(
    Usage,
    llm_calls=st.integers(0, 9),
    input_tokens=st.integers(0, 10**6),
    cached_input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    cost_nano=st.integers(0, 10**15),
    priced=st.booleans(),
)


@given(st.integers(0, 10**18))
def test_dollars_are_exact(nano: int) -> None:
    text = dollars(nano)
    assert Decimal(text) * NANO_PER_DOLLAR == nano
    assert len(text.partition(".")[2]) >= 6


@given(usages, usages)
def test_sums_keep_every_part_and_one_unpriced_call_leaves_the_sum_unpriced(
    a: Usage, b: Usage
) -> None:
    total = a + b
    assert total.cost_nano == a.cost_nano + b.cost_nano
    assert total.tokens_used == a.tokens_used + b.tokens_used
    assert total.priced == (a.priced and b.priced)
