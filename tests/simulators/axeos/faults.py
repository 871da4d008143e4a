"""Hold the switches for every fault and dialect of the simulated Axeos PBX."""

from typing import Literal

from ..common.clock import Clock
from ..common.faults import FaultPlan
from .dialect import Dialect


class AxeosFaults(FaultPlan):
    """Add what only an Axeos PBX can do wrong.

    plain_http says what answers a request without TLS, which the vendor disables by default.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.dialect = Dialect()
        self.refuse_logins = False
        self.plain_http: Literal["allowed", "forbidden", "redirect"] = "allowed"
