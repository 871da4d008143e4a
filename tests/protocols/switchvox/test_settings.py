"""The settings by their names, as a config entry and its options hold them."""

from typing import Any

import pytest

from custom_components.pbx.protocols.switchvox.settings import SETTINGS, SwitchvoxSettings

LOGIN = {"host": "pbx.example", "port": 443, "tls": True, "extension": "100", "password": "x"}


def read(**chosen: Any) -> SwitchvoxSettings:
    """Return the settings for what somebody chose."""
    return SwitchvoxSettings.from_data({**LOGIN, "system": "switchvox", "raw_events": True, **chosen})


def test_defaults() -> None:
    """Without any choice only the own extension is watched, politely."""
    settings = read()
    assert (settings.watch, settings.extensions, settings.targets) == ("own", (), None)
    intervals = settings.mailbox_interval, settings.queue_interval, settings.presence_interval
    assert intervals == (60, 15, 60)
    assert settings.url == "https://pbx.example:443"
    assert read(host="fe80::1", tls=False).url == "http://[fe80::1]:443"


def test_names_that_the_options_offer() -> None:
    """Each setting is taken by its name."""
    offered = {setting.name for setting in SETTINGS}
    assert offered <= set(SwitchvoxSettings.__slots__)
    assert all(setting.default in {None, getattr(read(), setting.name)} for setting in SETTINGS)


@pytest.mark.parametrize(
    ("chosen", "name", "value"),
    [
        ({"watch": "all"}, "watch", "all"),
        ({"extensions": ["101", " 102 ", ""]}, "extensions", ("101", "102")),
        ({"extensions": "101, 102 103"}, "extensions", ("101", "102", "103")),
        ({"extensions": ""}, "extensions", ()),
        ({"targets": "bare"}, "targets", "bare"),
        ({"targets": ""}, "targets", None),
        ({"targets": "auto"}, "targets", None),
        ({"mailbox_interval": 20.0}, "mailbox_interval", 20),
        ({"settings_interval": 30}, "mailbox_interval", 30),
        ({"settings_interval": 30}, "presence_interval", 30),
        ({"settings_interval": 30, "presence_interval": 90}, "presence_interval", 90),
        ({"queue_interval": 5}, "queue_interval", 5),
        ({"admin_username": ""}, "admin_username", None),
    ],
)
def test_choices(chosen: dict[str, Any], name: str, value: object) -> None:
    """What a form gives is understood, lists and text alike."""
    assert getattr(read(**chosen), name) == value
