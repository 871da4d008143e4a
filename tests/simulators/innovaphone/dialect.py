"""Hold the switches for every fault and dialect that the protocol text names."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """Say how this PBX differs from a good one of the newest firmware.

    `silent` names APIs, or messages as `api.mt`, that are ignored, `unanswered` messages that are obeyed
    without an answer, `odd` what is answered to a message in place of the right answer, `closing` what
    closes the socket; `deaf` stops everything, as when the other end is gone without a word. While
    `is_cutting`, the connection breaks instead of the message of the number `cut_at`, or goes silent there
    where `silent_cut`. `new_profile_id` is the id that makes a new list of favourites, "none" for none.
    """

    numeric_challenge: bool = False
    missing_challenge: bool = False
    refuse_logins: int = 0
    login_silent: bool = False
    drop_src: bool = False
    drop_indication_src: bool = False
    no_peer: bool = False
    deletion: str = "both"
    info_as_object: bool = False
    disconnect_first: bool = False
    handle_zero: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    closing: set[str] = field(default_factory=set)
    errors: dict[str, dict[str, object]] = field(default_factory=dict)
    odd: dict[str, dict[str, object]] = field(default_factory=dict)
    lose_result: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    answers_keepalive: bool = True
    deaf: bool = False
    cut_after: float | None = None
    is_cutting: bool = False
    cut_at: int = 0
    silent_cut: bool = False
    slow_rows: float = 0.0
    dial_delay: float = 0.0
    dial_cause: int | None = None
    # After how many seconds such news of calls are told.
    late: dict[str, float] = field(default_factory=dict)
    fragment: bool = False
    garbage: int = 0
    replay_calls: bool = True
    pbx_info: bool = False
    on_the_phone_in_tel: bool = False
    calendar_contact: str = "calendar:"
    alert_as_bool: bool = False
    send_alert: bool = True
    nested_regs: bool = False
    interleave: bool = True
    diversions: bool = True
    new_profile_id: int | str = "none"
    contact_ext: str | None = None
    modules: frozenset[str] = frozenset({"PBX0"})
