"""Automations as people write them, without templates, and the names that they have to put in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from homeassistant.util.yaml import parse_yaml

PLAIN = Path(__file__).with_name("plain")


@dataclass(frozen=True, slots=True)
class Shown:
    """An entity that an automation names, whose id in the documents is that of Anna's office."""

    platform: str
    kind: str
    key: str
    example: str


ENTITIES = {
    "call": Shown("event", "user", "call", "event.office_anna_de_vries_call"),
    "status": Shown("sensor", "user", "status", "sensor.office_anna_de_vries_status"),
    "phone_call": Shown("event", "phone", "call", "event.desk_anna_call"),
    "registered": Shown("binary_sensor", "phone", "registered", "binary_sensor.desk_anna_registered"),
    "doorbell": Shown("event", "door", "doorbell", "event.front_door_doorbell"),
    "message": Shown("event", "mailbox", "message", "event.office_mailbox_201_message"),
    "has_new_messages": Shown(
        "binary_sensor", "mailbox", "has_new_messages", "binary_sensor.office_mailbox_201_message_waiting"
    ),
    "calls_waiting": Shown("sensor", "queue", "calls_waiting", "sensor.office_sales_calls_waiting"),
    "longest_wait": Shown("sensor", "queue", "longest_wait", "sensor.office_sales_longest_wait_since"),
    "agents_logged_in": Shown("sensor", "queue", "agents_logged_in", "sensor.office_sales_agents_logged_in"),
    "connected": Shown("binary_sensor", "pbx", "connected", "binary_sensor.office_connectivity"),
    "sitter_call": Shown("event", "sitter", "call", "event.office_chloe_dubois_call"),
    "sitter_status": Shown("sensor", "sitter", "status", "sensor.office_chloe_dubois_status"),
}
# What else has to be put in.
EXAMPLES = {"colleague": "202", "door_number": "290", "time": "06:30:00", "patience": "00:02:00"}


def names_in(file: str) -> set[str]:
    """Return the names that have to be put into a file."""
    return set(Template(_text(file)).get_identifiers())


def fill_in(file: str, names: Mapping[str, str]) -> str:
    """Return an automation with names put in."""
    return Template(_text(file)).substitute(names)


def example(file: str) -> str:
    """Return an automation as the documents show it."""
    domain = file.rpartition("_")[2]
    switch = "select.office_night_mode" if domain == "select" else "switch.office_night_mode"
    entities = {name: shown.example for name, shown in ENTITIES.items()}
    return fill_in(file, entities | EXAMPLES | {"switch": switch})


def parse(text: str) -> dict[str, Any]:
    """Return the configuration of an automation, in which there must be no template."""
    assert "{{" not in text
    assert "{%" not in text
    config = parse_yaml(text)
    assert isinstance(config, dict)
    return config


def _text(file: str) -> str:
    return (PLAIN / f"{file}.yaml").read_text(encoding="utf-8")
