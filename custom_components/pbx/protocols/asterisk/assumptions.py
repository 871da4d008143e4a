"""What is assumed of a FreePBX; of Asterisk itself all was seen on genuine ones."""

from typing import Any

from ..evidence import Assumption

TREE = "DBGetTreeResponse"


def _family(block: Any) -> str:
    return str(block["Key"]).split("/")[1]


def _has_yes(block: Any) -> bool | None:
    return block["Val"] == "YES" if _family(block) == "DND" else None


def _has_day_or_night(block: Any) -> bool | None:
    return block["Val"] in {"DAY", "NIGHT"} if _family(block) == "DAYNIGHT" else None


def _has_number(block: Any) -> bool | None:
    return str(block["Val"]).lstrip("+").isdigit() if _family(block) in {"CF", "CFB", "CFU"} else None


ASSUMPTIONS = (
    Assumption(
        id="asterisk/freepbx-dnd",
        text="FreePBX keeps do not disturb as `YES` in the family `DND`",
        about=(TREE,),
        judge=_has_yes,
    ),
    Assumption(
        id="asterisk/freepbx-daynight",
        text="FreePBX keeps a call flow control as `DAY` or `NIGHT` in the family `DAYNIGHT`",
        about=(TREE,),
        judge=_has_day_or_night,
    ),
    Assumption(
        id="asterisk/freepbx-forward",
        text="FreePBX keeps call forwardings as numbers in the families `CF`, `CFB` and `CFU`",
        about=(TREE,),
        judge=_has_number,
    ),
)
