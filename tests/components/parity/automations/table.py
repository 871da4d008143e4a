"""What people automate with a telephone system, and what each of it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.components.parity.systems import TELLERS
from tests.components.parity.teller import Part

ADMIN = {"ipcortex": "ipcortex_admin"}
HIDDEN = {"axeos": "a call to the outside counts as answered, since the PBX does not tell"}
SELECT = {"ipcortex": "night mode is a select"}
FREEPBX = {"asterisk": "on a FreePBX"}


@dataclass(frozen=True, slots=True)
class Automation:
    """One automation: `name` is that of its test and of its files, `notes` tell what is special where."""

    number: int
    name: str
    title: str
    module: str
    # The parts of the story without which it can't be.
    needs: tuple[Part, ...] = ()
    logins: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    # Where systems differ, the files and for what each of them is.
    files: Mapping[str, str] = field(default_factory=dict)
    blueprint: bool = False

    @property
    def plain(self) -> Mapping[str, str]:
        """Return the files with the automation, and for what each of them is."""
        return {} if self.blueprint else self.files or {self.name: ""}

    @property
    def heading(self) -> str:
        """Return the heading over it, which is the only one of its kind."""
        return f"{self.number}. {self.title}"

    @property
    def anchor(self) -> str:
        """Return what leads to its heading."""
        return "".join(sign for sign in self.heading.casefold() if sign.isalnum() or sign in "- ").replace(
            " ", "-"
        )

    @property
    def systems(self) -> list[str]:
        """Return the systems that can do it."""
        return [system for system in TELLERS if self.missing(system) is None]

    def missing(self, system: str) -> str | None:
        """Return why a system can't do it, or None if it can."""
        cannot = TELLERS[system].cannot
        return next((cannot[part] for part in self.needs if part in cannot), None)

    def test(self, system: str) -> str:
        """Return the test that shows it on a system."""
        return f"{self.module}.py::test_{self.name}[{self.logins.get(system, system)}]"


CALLS, DIALING, PEOPLE, REST = "test_calls", "test_dialing", "test_people", "test_queues_and_health"
BLUEPRINTS, DOORS = "test_blueprints", "test_doors"
SWITCHES = (Part.ROUTING_SWITCHES,)

TABLE = (
    Automation(1, "pause_media", "Pause the music while the phone rings, go on afterwards", CALLS),
    Automation(2, "some_callers", "Pause the music for some callers only, at one phone", CALLS),
    Automation(
        2, "some_lines", "Pause the music for calls that the dial plan has tagged", CALLS, (Part.TAGS,)
    ),
    Automation(3, "flash_lights", "Flash lights while it rings, until somebody answers", CALLS),
    Automation(4, "busy_light", "A light at the door during calls", CALLS),
    Automation(
        5,
        "missed_call_notice",
        "Tell of a missed call, with a button to call back",
        BLUEPRINTS,
        blueprint=True,
    ),
    Automation(5, "missed_call", "The same without a blueprint", CALLS),
    Automation(6, "voicemail_lamp", "A lamp for new messages", CALLS, (Part.VOICEMAIL,)),
    Automation(7, "announce_caller", "Say who calls", BLUEPRINTS, blueprint=True),
    Automation(
        8,
        "door_station",
        "A picture when the doorbell rings, a button that opens and ends the call",
        DOORS,
        (Part.CONTROL_OF_OTHERS,),
    ),
    Automation(8, "door_by_number", "The same when the door calls my phone", DOORS),
    Automation(9, "nobody_opened", "Keep a picture when nobody opened", DOORS),
    Automation(
        10,
        "opening_hours",
        "Night mode outside the opening hours of a calendar",
        PEOPLE,
        SWITCHES,
        ADMIN,
        SELECT,
        {
            "opening_hours_switch": "A switch:",
            "opening_hours_select": "A select (IPCortex):",
        },
    ),
    Automation(
        11,
        "alarm_armed",
        "Night mode while the alarm is armed",
        PEOPLE,
        SWITCHES,
        ADMIN,
        SELECT,
        {"alarm_armed_switch": "A switch:", "alarm_armed_select": "A select (IPCortex):"},
    ),
    Automation(
        12,
        "forward_when_away",
        "Forward my calls while I am away",
        PEOPLE,
        (Part.FORWARDING,),
        ADMIN,
        FREEPBX,
    ),
    Automation(
        13,
        "do_not_disturb",
        "Do not disturb during appointments",
        PEOPLE,
        (Part.DO_NOT_DISTURB,),
        notes=FREEPBX,
    ),
    Automation(13, "presence", "Let colleagues see when I am away", PEOPLE, (Part.PRESENCE,)),
    Automation(14, "alarm_call", "Call me when something is wrong, and say what", DIALING, notes=HIDDEN),
    Automation(15, "escalation", "Call one after the other until somebody answers", DIALING, notes=HIDDEN),
    Automation(16, "handset_as_bell", "Ring a handset for a while, as a bell or a timer", DIALING),
    Automation(17, "wake_up_call", "A wake-up call that does not give up", DIALING, notes=HIDDEN),
    Automation(18, "school_bell", "A bell at a time, over loudspeakers", DIALING, (Part.AUTO_ANSWER,)),
    Automation(19, "queue_too_long", "Tell when too many callers wait, or one for too long", REST),
    Automation(20, "nobody_serves", "Tell when nobody serves a queue", REST),
    Automation(21, "phone_gone", "Tell when a phone has lost the PBX", REST, (Part.REGISTRATION,)),
    Automation(21, "pbx_gone", "Tell when the PBX is gone", REST),
    Automation(
        22,
        "dialed_code",
        "Dial a code to run a scene",
        DIALING,
        notes={"switchvox": "the number shows late, so the end of the call counts"},
        files={"dialed_code": "Not for a Switchvox:", "dialed_code_late": "Also for a Switchvox:"},
    ),
    Automation(22, "known_caller", "Open the gate for somebody who calls", CALLS),
    Automation(23, "nuisance_callers", "Hang up on some callers, at night only", CALLS),
    Automation(24, "click_to_dial", "Call by a button of a dashboard", DIALING),
    Automation(
        25, "hot_desk_left", "Log off from the hot desk when leaving", PEOPLE, (Part.HOT_DESK_CONTROL,), ADMIN
    ),
    Automation(
        25,
        "hot_desk_lamp",
        "A lamp while somebody sits at a hot desk",
        PEOPLE,
        (Part.HOT_DESKS,),
        ADMIN,
        {"ipcortex": "who logs in shows within a quarter of an hour", **FREEPBX},
    ),
)
BY_NAME = {automation.name: automation for automation in TABLE}


def on_each_that_can(name: str) -> pytest.MarkDecorator:
    """Run a test on every system that can do an automation."""
    automation = BY_NAME[name]
    logins = [automation.logins.get(system, system) for system in automation.systems]
    return pytest.mark.parametrize("teller", logins, indirect=True)
