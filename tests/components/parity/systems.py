"""Every system with its teller, and who can tell what."""

import pytest

from .asterisk import AsteriskTeller
from .axeos import AxeosTeller
from .innovaphone import InnovaphoneTeller
from .ipcortex import IpcortexTeller
from .switchvox import SwitchvoxTeller
from .teller import Part, Teller

TELLERS: dict[str, type[Teller]] = {
    "asterisk": AsteriskTeller,
    "axeos": AxeosTeller,
    "innovaphone": InnovaphoneTeller,
    "ipcortex": IpcortexTeller,
    "switchvox": SwitchvoxTeller,
}


def on_all() -> pytest.MarkDecorator:
    """Run a test on every system."""
    return pytest.mark.parametrize("teller", TELLERS, indirect=True)


def with_part(part: Part) -> pytest.MarkDecorator:
    """Run a test on every system that has this part."""
    able = [name for name, teller in TELLERS.items() if part not in teller.cannot]
    return pytest.mark.parametrize("teller", able, indirect=True)


def without_part(part: Part) -> pytest.MarkDecorator:
    """Run a test on every system that lacks this part, under the reason why."""
    unable = [
        pytest.param(name, id=f"{name}: {teller.cannot[part]}")
        for name, teller in TELLERS.items()
        if part in teller.cannot
    ]
    return pytest.mark.parametrize("teller", unable, indirect=True)
