"""The parties of calls are made once for the same fields."""

from hypothesis import given, strategies as st

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.parties import make_party

TEXT = st.none() | st.sampled_from(["", "anonymous", "0", "5551234567", "<b>Zo\u00eb</b>"]) | st.text()


@given(TEXT, TEXT, TEXT, TEXT, TEXT)
def test_a_party_that_is_made_again(
    number: str | None, name: str | None, normalized: str | None, user: str | None, phone: str | None
) -> None:
    """It is what a new one would be, and the same object as before."""
    made = make_party(number, name, normalized, user, phone)
    assert made == Party(number=number, name=name, normalized=normalized, user=user, phone=phone)
    assert make_party(number, name, normalized, user, phone) is made
