"""Names that a PBX chooses are counted without growing with their number."""

from hypothesis import given, strategies as st

from custom_components.pbx.protocols.name_counter import LONGEST_NAME, MOST_NAMES, OTHERS, NameCounter


def test_bounds() -> None:
    """The first names are counted one by one, the rest together, and none is longer than so much."""
    counter = NameCounter()
    for number in range(1000):
        counter[f"event {number}"] += 1
        counter["event 0"] += 1
    counter["x" * 1000] += 2
    assert len(counter) == MOST_NAMES + 1
    assert counter["event 0"] == 1001
    assert counter[OTHERS] == 1000 - MOST_NAMES + 2
    assert sum(counter.values()) == 2002


def test_long_names() -> None:
    """Names that begin alike for long are one."""
    counter = NameCounter()
    for ending in "abc":
        counter["x" * LONGEST_NAME + ending] += 1
    assert dict(counter) == {"x" * LONGEST_NAME: 3}


@given(
    st.lists(st.sampled_from(["a", "b", OTHERS, "x" * LONGEST_NAME, "x" * 1000]) | st.text(), max_size=300)
)
def test_counting_once_more(names: list[str]) -> None:
    """Counting one name is the same as adding 1 to it."""
    added, counted = NameCounter(), NameCounter()
    for name in names:
        added[name] += 1
        counted.add(name)
    assert counted == added
