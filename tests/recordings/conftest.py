"""What the tests of recordings share."""

import pytest


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Allow sockets to this machine."""
