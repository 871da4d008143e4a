"""Nothing that a PBX or a caller writes raises what nobody expects; `scripts/fuzz` looks for longer."""

import random

from hypothesis import given, settings, strategies as st
import pytest

from .targets import TARGETS, Target, make_value

OF_TEXT = [target for target in TARGETS.values() if target.takes == "text"]
OF_JSON = [target for target in TARGETS.values() if target.takes == "json"]


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Let what a script wants reach this machine, where nobody listens."""


def test_every_system_has_decoders_under_fire() -> None:
    """The search for decoders finds some in each system."""
    assert {name.split(".")[0] for name in TARGETS} >= {
        "asterisk",
        "axeos",
        "innovaphone",
        "ipcortex",
        "switchvox",
    }
    assert len(OF_JSON) > 40


@pytest.mark.parametrize("target", OF_JSON, ids=lambda target: target.name)
def test_decoder(target: Target) -> None:
    """A decoder takes any JSON value; what it cannot read is not there."""

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(st.integers(0, 2**32))
    def fire(seed: int) -> None:
        target.run(make_value(random.Random(seed), target.words))

    fire()


@pytest.mark.parametrize("target", OF_TEXT, ids=lambda target: target.name)
def test_text(target: Target) -> None:
    """Any text does, lone surrogates and control characters included."""
    pieces = st.one_of(
        st.text(alphabet=st.characters(codec=None), max_size=20), st.sampled_from(target.words or ("",))
    )

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(st.lists(pieces, max_size=8).map("".join))
    def fire(text: str) -> None:
        target.run(text)

    fire()
