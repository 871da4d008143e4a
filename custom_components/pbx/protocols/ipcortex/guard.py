"""Keep a lost login from being tried over and over."""

from collections import deque

from ..errors import CannotConnect
from ..session import Clock

WINDOW = 900.0
MOST = 3
LONG_WINDOW = 3600.0
OFTEN = 3


class LoginGuard:
    """Count the sessions that the PABX ended or refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=50)

    def note(self) -> None:
        """Take note that a login did not last."""
        self._times.append(self._clock.time())

    def check(self) -> None:
        """Raise CannotConnect while another login would be too much."""
        if self._since(WINDOW) >= MOST:
            raise CannotConnect("the PBX has ended too many sessions, waiting before the next login")

    @property
    def often(self) -> bool:
        """Tell whether somebody else seems to use the same login."""
        return self._since(LONG_WINDOW) > OFTEN

    def _since(self, seconds: float) -> int:
        first = self._clock.time() - seconds
        return sum(time >= first for time in self._times)
