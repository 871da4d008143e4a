"""Constants that several modules share."""

from homeassistant.const import Platform

DOMAIN = "pbx"

CONF_SYSTEM = "system"
CONF_LOGIN = "login"
CONF_TLS = "tls"
CONF_CONNECTION = "connection"
CONF_TRUST = "trust"
CONF_CERTIFICATE = "certificate"
CONF_FINGERPRINT = "fingerprint"
CONF_MAC = "mac"
# What the session wants to know at the next start.
CONF_MEMORY = "memory"
# Whether the address of a PBX stands in for the id that it does not name.
CONF_PROVISIONAL_ID = "provisional_id"

# Fired for every event of the PBX as the PBX sent it, where the options ask for that.
EVENT_RAW = "pbx_raw_event"
# Fired for every call that is over, for the logbook.
EVENT_CALL = "pbx_call"

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NOTIFY,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
    Platform.TODO,
]
