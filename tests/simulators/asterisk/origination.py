"""Carry out calls that a client of the manager interface asked for."""

from typing import TYPE_CHECKING

from .calls import NORMAL, TRUNK
from .connection import Request
from .fields import channel_fields
from .world import DOWN, RINGING, UP, Channel

if TYPE_CHECKING:
    from .server import AsteriskSimulator

ANSWERED, FAILED, UNANSWERED = "4", "0", "3"
# Where a telephone finds that it is to answer by itself.
HEADERS = ("PJSIP_HEADER", "SIPADDHEADER")


class Origination:
    """Calls of which the own telephone rings first."""

    def __init__(self, pbx: AsteriskSimulator) -> None:
        self._pbx = pbx
        self._waiting: dict[str, Request] = {}
        # Whether people take their receiver as soon as they have asked for a call.
        self.picks_up = False
        # How many seconds before its end it is told that a call has failed; a busy server does so.
        self.ends_late = 0.0

    def begin(self, request: Request) -> None:
        """Let the first telephone ring, or say that it cannot."""
        office, world = self._pbx.office, self._pbx.world
        technology, _, rest = request.get("Channel").partition("/")
        name = rest.partition("@")[0]
        number = ""
        if technology == "Local" and name[:1] in {"0", "+"}:
            name, number = TRUNK, name
        endpoint = world.endpoints.get(name)
        if endpoint is None or not endpoint.contact:
            self._tell(request, None, FAILED)
            return
        given = request.get("ChannelId")
        channel = office.new_channel(
            name, state=DOWN, exten="s", number=number, uniqueid=given, linkedid=given, application="AppDial2"
        )
        self._waiting[channel.uniqueid] = request
        self._pbx.publish(
            "call", "DialBegin", [*channel_fields(channel, "Dest"), ("DialString", number or name)]
        )
        channel.state = RINGING
        self._pbx.publish("call", "Newstate", channel_fields(channel))
        self._pbx.publish("call", "DialState", [*channel_fields(channel, "Dest"), ("DialStatus", "RINGING")])
        office.refresh()
        if self.picks_up or any(key.strip("_").startswith(HEADERS) for key in request.variables()):
            self.answer(channel)

    def waits(self, channel: Channel) -> bool:
        """Return whether a channel is the first one of a call that was asked for."""
        return channel.uniqueid in self._waiting

    def answer(self, channel: Channel) -> None:
        """Let the first telephone be answered, and the other one ring."""
        request = self._waiting.pop(channel.uniqueid)
        channel.state = UP
        self._pbx.publish("call", "Newstate", channel_fields(channel))
        self._pbx.publish("call", "DialEnd", [*channel_fields(channel, "Dest"), ("DialStatus", "ANSWER")])
        self._tell(request, channel, ANSWERED)
        self._pbx.office.refresh()
        if exten := request.get("Exten"):
            self._pbx.office.route(channel, exten)
        elif request.get("Application") == "PickupChan":
            self._pbx.office.pick_up(channel, request.get("Data"))

    def refuse(self, channel: Channel, cause: str = NORMAL) -> None:
        """Let the first telephone refuse, or not be answered."""
        request = self._waiting.pop(channel.uniqueid)
        if self.ends_late:
            self._pbx.tasks.spawn(self._end_late(channel, cause))
        else:
            self._pbx.office.hang_up(channel, cause)
        self._tell(request, channel, UNANSWERED if cause == NORMAL else FAILED)

    async def _end_late(self, channel: Channel, cause: str) -> None:
        await self._pbx.clock.sleep(self.ends_late)
        self._pbx.office.hang_up(channel, cause)

    def _tell(self, request: Request, channel: Channel | None, reason: str) -> None:
        fields = [
            ("ActionID", request.id),
            ("Response", "Success" if reason == ANSWERED else "Failure"),
            ("Channel", channel.name if channel else request.get("Channel")),
            ("Context", request.get("Context")),
            ("Exten", request.get("Exten")),
            ("Application", request.get("Application")),
            ("Data", request.get("Data")),
            ("Reason", reason),
            ("Uniqueid", channel.uniqueid if channel else "<null>"),
        ]
        self._pbx.publish("call", "OriginateResponse", fields)
