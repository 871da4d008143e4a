"""Hold the switches for every fault and dialect of the simulated PABX."""

from typing import Any, Literal

from ..common.clock import Clock
from ..common.faults import FaultPlan

# Where a script keeps its lists: nobody outside the vendor knows.
type ListShape = Literal[
    "given",
    "functions",
    "promises",
    "callbacks",
    "silent",
    "partial",
    "maps",
    "capitals",
    "types",
    "top",
    "none",
]


class IpcortexFaults(FaultPlan):
    """Add what only this system can do wrong; the plain ones take a path such as /rest/dialplan."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.silent = False
        self.not_ready = 0
        self.start_error: int | None = None
        self.single_login = False
        self.command_error: int | None = None
        self.refusal_words = "refused"
        # How methods of objects answer, by the names in answers.js; None is as the flavour has it.
        self.answers: str | None = None
        # Whether attributes hold objects where they could hold their keys.
        self.objects = False
        self.swallow_commands = False
        self.clock_skew = 0.0
        self.flavour: Literal["modern", "old"] = "modern"
        self.lists: ListShape = "given"
        self.renamed: dict[str, str] = {}
        self.script: str | None = None
        # Bytes that are sent at once of a script, with a pause after each; None is all of it.
        self.script_piece: int | None = None
        self.refuse_logins = False
        self.html_when_logged_out = False
        self.rest_without_cookies = False
        self.slashes: Literal["any", "needed", "redirect"] = "any"
        self.values_style: Literal["list", "object"] = "list"
        self.fail_status = 200
        self.forbidden: set[str] = set()
        self.ignored: set[str] = set()
        # By section and verb: in which words a call fails, and what it answers instead of its values.
        self.failing: dict[str, str | None] = {}
        self.odd_values: dict[str, Any] = {}
        self.hyphens = False
        self.names_offset = 0
