"""Faults to put into the sample repository: what the check is to say, the file, and the change to it."""

import json
from typing import Any

from .sample_repository import DUTCH, INIT, MANIFEST, SENSOR, SERVICES, TRIGGERS, png

type Change = dict[str, Any] | str | bytes | None
type Fault = tuple[str, str, Change]

MANIFEST_FAULTS: list[Fault] = [
    ("not a valid option at 'colour'", "manifest.json", {"colour": "red"}),
    ("not provided at 'issue_tracker'", "manifest.json", {"issue_tracker": None}),
    ("the order of keys", "manifest.json", json.dumps(dict(reversed(MANIFEST.items())))),
    ("the domain is not the folder's name", "manifest.json", {"domain": "other"}),
    ("config_flow is true without", "config_flow.py", None),
    ("at 'version'", "manifest.json", {"version": "latest"}),
    ("pyproject.toml has another version", "pyproject.toml", '[project]\nversion = "2.0.0"\n'),
    ("at 'iot_class'", "manifest.json", {"iot_class": "psychic"}),
    ("at 'codeowners[0]'", "manifest.json", {"codeowners": ["owner"]}),
    ("at 'documentation'", "manifest.json", {"documentation": "http://example.com"}),
    (
        "at 'documentation'",
        "manifest.json",
        {"documentation": "https://www.home-assistant.io/integrations/x"},
    ),
    ("at 'requirements[0]'", "manifest.json", {"requirements": ["some-library"]}),
]

TEXT_FAULTS: list[Fault] = [
    ("en.json: Expecting", "en.json", "{"),
    ("there is no translations/en.json", "en.json", None),
    ("strings.json is not read", "strings.json", "{}"),
    ("not a valid option at 'colours'", "en.json", {"colours": {"a": "A"}}),
    ("not a valid option at 'config.colour'", "en.json", {"config": {"colour": {"a": "A"}}}),
    (
        "not a valid option at 'config.step.user.colour'",
        "en.json",
        {"config": {"step": {"user": {"colour": "Red"}}}},
    ),
    (
        "config.step.user: port is described but not in data",
        "en.json",
        {"config": {"step": {"user": {"data_description": {"port": "Port."}}}}},
    ),
    (
        "config.step.user: port has no data_description",
        "en.json",
        {"config": {"step": {"user": {"data": {"port": "Port"}}}}},
    ),
    (
        "config.step.user.sections.more: tls has no data_description",
        "en.json",
        {"config": {"step": {"user": {"sections": {"more": {"data": {"tls": "TLS"}}}}}}},
    ),
    (
        "not provided at 'config_subentries.login.entry_type'",
        "en.json",
        {"config_subentries": {"login": {}}},
    ),
    ("entity.sensor.Bad__key.name: bad key", "en.json", {"entity": {"sensor": {"Bad__key": {"name": "A"}}}}),
    ("at 'issues.no_right.fix_flow'", "en.json", {"issues": {"no_right": {"fix_flow": {"a": "A"}}}}),
    ("nl.json: title is not in en.json", "nl.json", {"title": "Voorbeeld"}),
    ("nl.json: issues.no_right.title is missing", "nl.json", {"issues": {"no_right": {"title": None}}}),
    (
        "nl.json: conditions.free.name is not where en.json has it",
        "nl.json",
        json.dumps(dict(reversed(DUTCH.items()))),
    ),
    (
        "nl.json: services.dial.fields.number.description is as in en.json",
        "nl.json",
        {"services": {"dial": {"fields": {"number": {"description": "What to dial."}}}}},
    ),
    ("en.json: title is no text", "en.json", {"title": 1}),
    ("en.json: title has outer spaces", "en.json", {"title": "A "}),
    ("puts a placeholder between single quotes", "en.json", {"title": "A '{name}'"}),
    ("en.json: title holds a URL", "en.json", {"title": "See https://example.com"}),
    ("en.json: title refers to another text", "en.json", {"title": "[%key:common::x%]"}),
    ("en.json: title holds HTML", "en.json", {"title": "<b>A</b>"}),
    (
        "exceptions.not_connected.message has other placeholders",
        "nl.json",
        {"exceptions": {"not_connected": {"message": "Niet verbonden."}}},
    ),
]

USAGE_FAULTS: list[Fault] = [
    ("exceptions.old is in en.json, but no code", "en.json", {"exceptions": {"old": {"message": "Old."}}}),
    ("issues.old is in en.json, but no code", "en.json", {"issues": {"old": {"title": "Old"}}}),
    ("entity.sensor.old is in en.json, but", "en.json", {"entity": {"sensor": {"old": {"name": "Old"}}}}),
]

DESCRIPTION_FAULTS: list[Fault] = [
    ("services.dial is translated but not there", "services.yaml", None),
    ("triggers.rang is translated but not there", "triggers.yaml", None),
    ("conditions.free is translated but not there", "conditions.yaml", None),
    ("services.yaml: expected", "services.yaml", "dial:\n  fields: 1\n"),
    ("services.dial is translated but not there", "services.yaml", "{}"),
    ("services.dial has no description", "en.json", {"services": {"dial": {"description": None}}}),
    ("a target has no device filter", "services.yaml", SERVICES + "  target:\n    device:\n      model: a\n"),
    ("services.dial.number is translated but", "services.yaml", "dial:\n  fields: {}\n"),
    ("services.dial.number has no name", "en.json", {"services": {"dial": {"fields": {"number": None}}}}),
    ("services.dial.number has no selector", "services.yaml", "dial:\n  fields:\n    number: {}\n"),
    (
        "services.dial.number: selector colour is not translated",
        "services.yaml",
        SERVICES.replace("text:", "select:\n          options: [a]\n          translation_key: colour"),
    ),
    (
        "services.dial.number has no description",
        "en.json",
        {"services": {"dial": {"fields": {"number": {"description": None}}}}},
    ),
    ("triggers.rang is translated but not there", "triggers.yaml", "{}"),
    ("triggers.rang has no name", "en.json", {"triggers": {"rang": {"name": None}}}),
    ("conditions.free has no description", "en.json", {"conditions": {"free": {"description": None}}}),
    ("triggers.rang.state has no selector", "triggers.yaml", "rang:\n  fields:\n    state: {}\n"),
    (
        "triggers.rang.more: a field has no fields",
        "triggers.yaml",
        TRIGGERS + "    more:\n      fields:\n        state:\n          selector:\n            state:\n",
    ),
    ("triggers.rang.state: there is no other to", "triggers.yaml", TRIGGERS.replace(": target", ": other")),
    (
        "triggers.rang.state: there is no target to",
        "triggers.yaml",
        "rang:\n" + TRIGGERS[TRIGGERS.index("  fields") :],
    ),
    ("state: filter_colour cannot be taken", "triggers.yaml", TRIGGERS.replace("r_target", "r_colour")),
    (
        "triggers.rang.state has a context, but no selector",
        "triggers.yaml",
        TRIGGERS.replace("      selector:\n        state:\n", ""),
    ),
    (
        "services.dial.inner has no name",
        "services.yaml",
        SERVICES + "    more:\n      fields:\n        inner:\n          selector:\n            text:\n",
    ),
]

ICON_FAULTS: list[Fault] = [
    ("there is no icons.json", "icons.json", None),
    ("unknown section colours", "icons.json", {"colours": {"a": "mdi:a"}}),
    (
        "services.dial.service: phone is no mdi",
        "icons.json",
        {"services": {"dial": {"service": "phone"}}},
    ),
    ("services.dial has no icon", "icons.json", {"services": {"dial": None}}),
    (
        "sensor.line_status: a state repeats the default icon",
        "icons.json",
        {"entity": {"sensor": {"line_status": {"state": {"busy": "mdi:phone"}}}}},
    ),
    (
        "sensor.line_status: the ranges are to go up",
        "icons.json",
        {"entity": {"sensor": {"line_status": {"range": {"10": "mdi:a", "5": "mdi:b"}}}}},
    ),
    (
        "entity.text.a is no translated",
        "icons.json",
        {"entity": {"text": {"a": {"default": "mdi:a"}}}},
    ),
]

SOURCE_FAULTS: list[Fault] = [
    ("there is no __init__.py", "__init__.py", None),
    ("async_setup without a CONFIG_SCHEMA", "__init__.py", INIT.replace("CONFIG_SCHEMA", "SCHEMA")),
    ("imports hue, which", "sensor.py", SENSOR + "from homeassistant.components.hue import x\n"),
    ("imports hue, which", "sensor.py", SENSOR + "from homeassistant.components import hue\n"),
    ("imports hue, which", "sensor.py", SENSOR + "import homeassistant.components.hue\n"),
]

REPOSITORY_FAULTS: list[Fault] = [
    ("there is no quality_scale.yaml", "quality_scale.yaml", None),
    ("unknown rule colours", "quality_scale.yaml", {"rules": {"colours": "done"}}),
    ("discovery is exempt without a comment", "quality_scale.yaml", {"rules": {"discovery": "exempt"}}),
    ("discovery is done, but names no", "quality_scale.yaml", {"rules": {"discovery": "done"}}),
    ("done, but names no", "quality_scale.yaml", {"rules": {"discovery": {"comment": "v1.2 has it"}}}),
    (
        "discovery is shown by docs/no.md, which",
        "quality_scale.yaml",
        {"rules": {"discovery": {"comment": "Said in docs/no.md"}}},
    ),
    ("claims platinum, but gold lacks", "quality_scale.yaml", {"rules": {"devices": "todo"}}),
    ("claims platinum, but silver lacks", "quality_scale.yaml", {"rules": {"test-coverage": None}}),
    ("a repository holds one integration, not 2", "../other/manifest.json", "{}"),
    ("there is no hacs.json", "hacs.json", None),
    ("not a valid option at 'colour'", "hacs.json", {"colour": "red"}),
    ("not provided at 'name'", "hacs.json", {"name": None}),
    ("hacs.json: some but not all values in the same group of inclusion", "hacs.json", {"zip_release": True}),
    ("there is no README", "README.md", None),
    ("there is no LICENSE", "LICENSE", None),
    ("there is no brand/icon.png", "icon.png", None),
    ("badge.png is never served", "brand/badge.png", png(256, 256)),
    ("icon.png is no PNG", "icon.png", b"GIF89a"),
    ("icon.png is 256x200, not 256x256", "icon.png", png(256, 200)),
    ("logo@2x.png: the shortest side is 600, not 256 to 512", "logo@2x.png", png(900, 600)),
]

ALL_FAULTS = [
    *MANIFEST_FAULTS,
    *TEXT_FAULTS,
    *USAGE_FAULTS,
    *DESCRIPTION_FAULTS,
    *ICON_FAULTS,
    *SOURCE_FAULTS,
    *REPOSITORY_FAULTS,
]
