"""A small repository without a fault, and a way to put one in."""

import json
from pathlib import Path
import struct
from typing import Any

from scripts.integration_check.scale import ALL_RULES

INTEGRATION = "custom_components/sample"

MANIFEST = {
    "domain": "sample",
    "name": "Sample",
    "codeowners": ["@owner"],
    "config_flow": True,
    "documentation": "https://example.com/sample",
    "iot_class": "local_push",
    "issue_tracker": "https://example.com/sample/issues",
    "quality_scale": "platinum",
    "requirements": ["some-library[extra]==1.2.3"],
    "version": "1.0.0",
}

ENGLISH = {
    "config": {
        "step": {"user": {"data": {"host": "Host"}, "data_description": {"host": "Name or address."}}},
    },
    "entity": {"sensor": {"line_status": {"name": "Line status"}, "since": {"name": "Since"}}},
    "exceptions": {"not_connected": {"message": "{name} is not connected."}},
    "issues": {"no_right": {"title": "A right is missing", "description": "Grant it."}},
    "selector": {"kind": {"options": {"one": "One"}}},
    "services": {
        "dial": {
            "name": "Dial",
            "description": "Dials a number.",
            "fields": {"number": {"name": "Number", "description": "What to dial."}},
        },
    },
    "triggers": {
        "rang": {
            "name": "Rang",
            "description": "Triggers when it rings.",
            "fields": {"state": {"name": "State", "description": "What it shows."}},
        },
    },
    "conditions": {"free": {"name": "Free", "description": "Tests for no call."}},
}

DUTCH = {
    "config": {
        "step": {"user": {"data": {"host": "Host"}, "data_description": {"host": "Naam of adres."}}},
    },
    "entity": {"sensor": {"line_status": {"name": "Lijnstatus"}, "since": {"name": "Sinds"}}},
    "exceptions": {"not_connected": {"message": "{name} is niet verbonden."}},
    "issues": {"no_right": {"title": "Een recht ontbreekt", "description": "Verleen het."}},
    "selector": {"kind": {"options": {"one": "Een"}}},
    "services": {
        "dial": {
            "name": "Bellen",
            "description": "Belt een nummer.",
            "fields": {"number": {"name": "Nummer", "description": "Wat te bellen."}},
        },
    },
    "triggers": {
        "rang": {
            "name": "Gebeld",
            "description": "Start als er wordt gebeld.",
            "fields": {"state": {"name": "Toestand", "description": "Wat er te zien is."}},
        },
    },
    "conditions": {"free": {"name": "Vrij", "description": "Toetst of er geen gesprek is."}},
}

ICONS = {
    "entity": {"sensor": {"line_status": {"default": "mdi:phone"}}},
    "services": {"dial": {"service": "mdi:dialpad"}},
    "triggers": {"rang": {"trigger": "mdi:phone-ring"}},
    "conditions": {"free": {"condition": "mdi:phone"}},
}

SERVICES = """\
dial:
  fields:
    number:
      selector:
        text:
"""

TRIGGERS = """\
rang:
  target:
    entity:
      integration: sample
  fields:
    state:
      required: true
      context:
        filter_target: target
      selector:
        state:
"""

CONDITIONS = """\
free:
  target:
    entity:
      integration: sample
"""

INIT = '''\
"""Sample."""

from homeassistant.components import sensor
from homeassistant.helpers import config_validation as cv

CONFIG_SCHEMA = cv.config_entry_only_config_schema("sample")


async def async_setup(hass, config):
    """Register the action."""
    hass.services.async_register("sample", "dial", None)
    raise HomeAssistantError(translation_domain="sample", translation_key="not_connected")
'''

SENSOR = '''\
"""Sensors."""

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription

KEY = "line_status"
SENSORS = (
    SensorEntityDescription(key="a", translation_key=KEY, device_class=SensorDeviceClass.ENUM),
    SensorEntityDescription(key="b", translation_key="since", device_class=SensorDeviceClass.TIMESTAMP),
)


def report(hass):
    """Report what is missing."""
    ir.async_create_issue(hass, "sample", "x", translation_key="no_right")
'''


DONE = {"status": "done", "comment": "See hacs.json."}


def png(width: int, height: int) -> bytes:
    """Return the beginning of a PNG of this size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


FILES: dict[str, Any] = {
    "README.md": "Sample",
    "LICENSE": "MIT",
    "pyproject.toml": '[project]\nversion = "1.0.0"\n',
    "hacs.json": {"name": "Sample"},
    f"{INTEGRATION}/manifest.json": MANIFEST,
    f"{INTEGRATION}/icons.json": ICONS,
    f"{INTEGRATION}/translations/en.json": ENGLISH,
    f"{INTEGRATION}/translations/nl.json": DUTCH,
    f"{INTEGRATION}/services.yaml": SERVICES,
    f"{INTEGRATION}/triggers.yaml": TRIGGERS,
    f"{INTEGRATION}/conditions.yaml": CONDITIONS,
    f"{INTEGRATION}/trigger.py": "async def async_get_triggers(hass):\n    return {}\n",
    f"{INTEGRATION}/condition.py": "async def async_get_conditions(hass):\n    return {}\n",
    f"{INTEGRATION}/quality_scale.yaml": {"rules": dict.fromkeys(sorted(ALL_RULES), DONE)},
    f"{INTEGRATION}/__init__.py": INIT,
    f"{INTEGRATION}/config_flow.py": '"""Flow."""\n',
    f"{INTEGRATION}/sensor.py": SENSOR,
    f"{INTEGRATION}/brand/icon.png": png(256, 256),
    f"{INTEGRATION}/brand/logo@2x.png": png(900, 300),
}


def write_repository(root: Path) -> None:
    """Write the faultless repository."""
    for name, content in FILES.items():
        _write(root / name, content)


def change_file(root: Path, name: str, change: dict[str, Any] | str | bytes | None) -> None:
    """Patch a JSON file with an object, write another content, or remove the file."""
    path = next((root / known for known in FILES if known.endswith(name)), root / INTEGRATION / name)
    if change is None:
        path.unlink()
    elif isinstance(change, dict):
        _write(path, _merged(json.loads(path.read_text()), change))
    else:
        _write(path, change)


def _write(path: Path, content: dict[str, Any] | str | bytes) -> None:
    """Write one file; an object as JSON, which is YAML too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def _merged(data: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Return data with a merge patch applied, where None removes a key."""
    merged = data | {
        key: _merged(data.get(key, {}), value) if isinstance(value, dict) else value
        for key, value in patch.items()
    }
    return {key: value for key, value in merged.items() if value is not None}
