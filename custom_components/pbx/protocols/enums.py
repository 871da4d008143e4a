"""The words of the common vocabulary; states, events and options show their values."""

from enum import StrEnum


class ObjectKind(StrEnum):
    """What kind of thing an object is."""

    PBX = "pbx"
    PHONE = "phone"
    USER = "user"
    MAILBOX = "mailbox"
    SWITCH = "switch"
    QUEUE = "queue"


class LineStatus(StrEnum):
    """What a phone or a user is doing.

    Busy is in use in a way that the PBX does not tell, offline a phone that is not registered.
    """

    IDLE = "idle"
    DIALING = "dialing"
    RINGING = "ringing"
    TALKING = "talking"
    ON_HOLD = "on_hold"
    BUSY = "busy"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class PresenceActivity(StrEnum):
    """The presence of a user; other is one for which the vocabulary has no word."""

    AVAILABLE = "available"
    AWAY = "away"
    BUSY = "busy"
    DND = "dnd"
    ON_THE_PHONE = "on_the_phone"
    OFFLINE = "offline"
    OTHER = "other"


class ForwardKind(StrEnum):
    """Which calls are forwarded: all, those while the user is busy, and those that are not answered."""

    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no_answer"


class UserPhoneType(StrEnum):
    """What sort of place a user can be reached at.

    A number is outside, a trunk number is called by a given trunk, and forward is another extension.
    """

    PHONE = "phone"
    HOT_DESK = "hot_desk"
    NUMBER = "number"
    TRUNK_NUMBER = "trunk_number"
    FORWARD = "forward"


class CallDirection(StrEnum):
    """Where a call comes from and goes to, seen from the PBX: internal calls stay inside."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class CallState(StrEnum):
    """How far a call, or one leg of it, has come: a caller dials while the callee rings."""

    DIALING = "dialing"
    RINGING = "ringing"
    TALKING = "talking"
    ON_HOLD = "on_hold"
    ENDED = "ended"


# The states in which two parties are connected.
UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


class LegRole(StrEnum):
    """On which side of a call a leg is; there may be many callees."""

    CALLER = "caller"
    CALLEE = "callee"


class EndCause(StrEnum):
    """Why a call ended, as far as the PBX says.

    Expired calls were open for longer than any real one; of lost ones nothing more is known.
    """

    HANGUP = "hangup"
    EXPIRED = "expired"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    LOST = "lost"


class Outcome(StrEnum):
    """What became of a call, for the PBX as a whole or for one participant."""

    ANSWERED = "answered"
    MISSED = "missed"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    TRANSFERRED = "transferred"
    LOST = "lost"


class MomentType(StrEnum):
    """What can happen to an object: steps of a call, a voice message, and a user at a hot desk.

    To the PBX itself: its dial plan says something, or asks something about a call.
    """

    RINGING = "ringing"
    DIALING = "dialing"
    ANSWERED = "answered"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    TRANSFER_FAILED = "transfer_failed"
    MISSED = "missed"
    ENDED = "ended"
    MESSAGE = "message"
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    DIAL_PLAN_EVENT = "dial_plan_event"
    CALL_ASKS = "call_asks"


# The moments at which a call is over for an object.
OVER = frozenset({MomentType.ENDED, MomentType.MISSED})


class NoticeCode(StrEnum):
    """What is wrong at a PBX or with its login, and a person can put right."""

    MISSING_RIGHT = "missing_right"
    CALL_EVENTS_MISSING = "call_events_missing"
    UNENCRYPTED = "unencrypted"
    NO_USERS_VISIBLE = "no_users_visible"
    PRESENCE_HIDDEN = "presence_hidden"
    LIVE_FEED_MISSING = "live_feed_missing"
    LOGGED_OUT_OFTEN = "logged_out_often"


class DialOutcome(StrEnum):
    """How far a dialed call has come, as the PBX answered to the command."""

    CONNECTED = "connected"
    RINGING = "ringing"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


class NumberKind(StrEnum):
    """What a number of a contact is for."""

    EXTENSION = "extension"
    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    MAIN = "main"
    # Nobody speaks there: a fax, a pager, a modem.
    FAX = "fax"


class Capability(StrEnum):
    """What a session can show (first part) and do (second part) with its login."""

    PHONES = "phones"
    # Whether phones say that they are registered.
    REGISTRATION = "registration"
    HOT_DESK = "hot_desk"
    USERS = "users"
    DO_NOT_DISTURB = "do_not_disturb"
    CALL_WAITING = "call_waiting"
    FORWARD_ALWAYS = "forward_always"
    FORWARD_BUSY = "forward_busy"
    FORWARD_NO_ANSWER = "forward_no_answer"
    PRESENCE = "presence"
    PRESENCE_NOTE = "presence_note"
    SWITCHES = "switches"
    MAILBOXES = "mailboxes"
    URGENT_MESSAGES = "urgent_messages"
    QUEUES = "queues"
    QUEUE_STATISTICS = "queue_statistics"
    QUEUE_CALLS = "queue_calls"
    PARKED_CALLS = "parked_calls"
    DIAL_PLAN_EVENTS = "dial_plan_events"
    # Whether the PBX tells of transfers that did not work out.
    TRANSFER_FAILURES = "transfer_failures"

    DIAL = "dial"
    DIAL_WITH_DATA = "dial_with_data"
    HANG_UP = "hang_up"
    GET_CALL = "get_call"
    LIST_CALLS = "list_calls"
    SET_DO_NOT_DISTURB = "set_do_not_disturb"
    SET_CALL_WAITING = "set_call_waiting"
    SET_FORWARD = "set_forward"
    CLEAR_HOT_DESK = "clear_hot_desk"
    SET_HOT_DESK = "set_hot_desk"
    SET_PRESENCE = "set_presence"
    SET_TAGS = "set_tags"
    SET_SWITCH = "set_switch"
    RESET_QUEUE_STATISTICS = "reset_queue_statistics"
    RESET_ALL_QUEUE_STATISTICS = "reset_all_queue_statistics"
    CONNECT_NUMBERS = "connect_numbers"
    # Agents of queues can be logged in and out; paused.
    SET_QUEUE_AGENT = "set_queue_agent"
    PAUSE_QUEUE_AGENT = "pause_queue_agent"
    PUSH = "push"
    ANSWER = "answer"
    REJECT = "reject"
    HOLD = "hold"
    TRANSFER = "transfer"
    SEND_DTMF = "send_dtmf"
    PARK = "park"
    PICK_UP = "pick_up"
    NOTIFY_USER = "notify_user"
    ANSWER_CALL_QUESTION = "answer_call_question"
    SET_RECORDING = "set_recording"
    MARK_ON_CALL = "mark_on_call"
    FAVOURITES = "favourites"
    CALL_HISTORY = "call_history"
    FIND_CONTACTS = "find_contacts"
    SWITCH_CALENDAR = "switch_calendar"
    CALL_REST = "call_rest"
