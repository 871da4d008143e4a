"""Let things happen in an office on a simulated Asterisk."""

from urllib.parse import quote

from .calls import NO_ANSWER, Calls
from .fields import channel_fields
from .world import UP, Channel


class Office(Calls):
    """What telephones, callers, administrators and the dial plan do."""

    def register(self, endpoint: str, contact: str = "") -> None:
        """Let a telephone log in at an address, or log out where there is none."""
        known = self.world.endpoints[endpoint]
        gone, known.contact = known.contact, contact
        aor = [("URI", contact or gone), ("AOR", endpoint), ("EndpointName", endpoint)]
        for status in ("NonQualified", "Reachable") if contact else ("Removed",):
            more = [("ContactStatus", status), ("RoundtripUsec", "0")]
            self._tell("system", "ContactStatus", [more[0], *aor, *more[1:]])
        status = "Reachable" if contact else "Unreachable"
        self._tell(
            "system",
            "PeerStatus",
            [("ChannelType", "PJSIP"), ("Peer", f"PJSIP/{endpoint}"), ("PeerStatus", status)],
        )
        self.refresh()

    def leave_message(self, channel: Channel) -> None:
        """Let a caller leave a message for the extension that they called, and hang up."""
        for callee in self.callees_of(channel):
            self._dial_ends(channel, callee, "NOANSWER")
            self._gone(callee, NO_ANSWER)
        channel.state, channel.application = UP, "VoiceMail"
        self._tell("call", "Newstate", channel_fields(channel))
        self.refresh()
        self.set_mailbox(f"{channel.dnid}@default", more=1, by=channel)
        self.hang_up(channel)

    def set_mailbox(
        self, name: str, *, more: int = 0, heard: bool = False, by: Channel | None = None
    ) -> None:
        """Let messages come, or all be heard."""
        box = self.world.mailboxes[name]
        box.new += more
        if heard:
            box.old, box.new = box.old + box.new, 0
        counts = [
            ("Mailbox", name),
            ("Waiting", str(int(box.new > 0))),
            ("New", str(box.new + box.urgent)),
            ("Old", str(box.old)),
        ]
        who = channel_fields(by) if by else []
        self._tell("call", "MessageWaiting", [*who, *counts])

    def set_state(self, name: str, state: str) -> None:
        """Set a device state that has no device."""
        self.world.custom_states[name] = state
        self.refresh()

    def set_presence(self, exten: str, state: str, subtype: str = "", note: str = "") -> None:
        """Set what somebody says of themselves."""
        self.world.presence[exten] = (state, subtype, note)
        values = [("Status", state), ("Subtype", subtype), ("Message", note)]
        self._tell("call", "PresenceStateChange", [("Presentity", f"CustomPresence:{exten}"), *values])

    def sit_down(self, user: str, device: str) -> None:
        """Let somebody log in at a telephone that is nobody's, as FreePBX does after its code was dialed."""
        self.world.database[f"/DEVICE/{device}/user"] = user
        self.world.database[f"/AMPUSER/{user}/device"] += f"&{device}"
        self.say("UserDeviceAdded", Data=f"{user},{device}")

    def stand_up(self, device: str) -> None:
        """Let somebody log out there."""
        user = self.world.database[f"/DEVICE/{device}/user"]
        self.world.database[f"/DEVICE/{device}/user"] = "none"
        left = self.world.database[f"/AMPUSER/{user}/device"].split("&")
        self.world.database[f"/AMPUSER/{user}/device"] = "&".join(item for item in left if item != device)
        self.say("UserDeviceRemoved", Data=f"{user},{device}")

    def say(self, name: str, **fields: str) -> None:
        """Let the dial plan tell something."""
        self._tell("user", "UserEvent", [("UserEvent", name), *fields.items()])

    def ask(self, channel: Channel, *arguments: str) -> None:
        """Let the dial plan ask something in mid-call."""
        lines = {
            "agi_channel": channel.name,
            "agi_uniqueid": channel.uniqueid,
            "agi_callerid": channel.number,
        }
        lines |= {f"agi_arg_{number}": value for number, value in enumerate(arguments, 1)}
        text = "".join(f"{name}: {value}\n" for name, value in lines.items())
        channel.application, channel.data = "AGI", ",".join(("agi:async", *arguments))
        self._tell("agi", "AsyncAGIStart", [*channel_fields(channel), ("Env", quote(text + "\n"))])
