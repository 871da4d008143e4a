"""Names that several parts share."""

from homeassistant.const import Platform

DOMAIN = "pbx"

CONF_SYSTEM = "system"
CONF_LOGIN = "login"
CONF_TLS = "tls"
CONF_CONNECTION = "connection"
CONF_SETTINGS_INTERVAL = "settings_interval"
CONF_QUEUE_INTERVAL = "queue_interval"
CONF_RAW_EVENTS = "raw_events"

DEFAULT_SETTINGS_INTERVAL = 60
DEFAULT_QUEUE_INTERVAL = 15

# Fired for every event of the PBX, in its own words, where the options say so.
EVENT_RAW = "pbx_raw_event"

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NOTIFY,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
]
