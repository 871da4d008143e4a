"""Choose which of the things that the protocol leaves open this PBX does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

type Timestamps = Literal["milliseconds", "seconds", "string", "iso", "local"]


@dataclass(slots=True)
class Transport:
    """Describe the Socket.IO server and the web server in front of it."""

    eio: int = 3
    websocket: bool = True
    polling: bool = True
    refusal: int = 502
    ping_interval: float = 25.0
    ping_timeout: float = 60.0
    double_utf8_websocket: bool = False
    double_utf8_polling: bool = False
    crash_seconds: float = 3600.0
    disconnect_packet: bool = True
    silent_ping_timeout: bool = False
    connect_with_open: bool = True
    answer_pings: bool = True
    greet: bool = True


@dataclass(slots=True)
class Realtime:
    """Describe the JSON-RPC layer."""

    # Which targets the topic of parking spaces wants: none at all, an empty list, or some.
    parking_targets: Literal["none", "empty", "some"] = "none"
    accepted_targets: set[str] = field(default_factory=lambda: {"account_id"})
    ignored_targets: set[str] = field(default_factory=set)
    bad_target_code: int = -32602
    bad_login_code: int = -32000
    login_code: int | None = None
    codes: dict[str, int] = field(default_factory=dict)
    missing_methods: set[str] = field(default_factory=lambda: {"intercom", "callVoicemail"})
    unanswered: set[str] = field(default_factory=set)
    # Whether a dial is accepted although the phone cannot ring.
    mute_dials: bool = False
    response_delay: float = 0.0
    reverse_responses: bool = False
    string_ids: bool = False
    null_ids: bool = False
    result: Any = True
    logout_response: bool = True
    parking_topic: bool = True
    snapshot_on_subscribe: Literal["none", "active", "all"] = "none"
    events: bool = True


@dataclass(slots=True)
class Events:
    """Describe how line events look."""

    remotes_while_ringing: bool = True
    remote_ids: bool = True
    timestamps: Timestamps = "milliseconds"
    account_ids: Literal["int", "string", "bare"] = "int"
    # Where name and number of a remote are: in its endpoint, itself, in `callerId`, or there in `caller`.
    parties: Literal["endpoint", "flat", "callerId", "caller"] = "endpoint"
    # Whether what is not known is told as null instead of left out.
    nulls: bool = False
    extra_fields: bool = False
    missing_fields: set[str] = field(default_factory=set)
    status_words: dict[str, str] = field(default_factory=dict)
    # How far the clock has been set back, in seconds.
    clock_back: float = 0.0
    # Whether phones that ring are told to be idle before the one that answers talks.
    idle_first: bool = False
    repeats: int = 1
    reordered: bool = False
    # What becomes of an event before it is sent, for shapes that no page describes.
    edit: Callable[[dict[str, Any]], Any] = lambda event: event
    device_ids: bool = False


@dataclass(slots=True)
class Extend:
    """Describe the Extend API."""

    present: bool = True
    xml: bool = True
    auth: Literal["basic", "digest", "both"] = "basic"
    blocked: bool = False
    numbers: Literal["int", "string"] = "int"
    one_as_object: bool = True
    several_errors: bool = False
    # Whether answers come in small pieces.
    chunked: bool = False
    error_code: int = 27168
    error_text: str | None = None
    forbidden: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    # What answers a method instead: "html" for a web page, a number for an HTTP status, else this text.
    spoiled: dict[str, str | int] = field(default_factory=dict)
    # Whether only the next request is spoiled.
    spoils_once: bool = False
    utc_offset: float = -6.0
    server_uuid: bool = True


@dataclass(slots=True)
class Dialect:
    """Hold all of it."""

    transport: Transport = field(default_factory=Transport)
    realtime: Realtime = field(default_factory=Realtime)
    events: Events = field(default_factory=Events)
    extend: Extend = field(default_factory=Extend)
