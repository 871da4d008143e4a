"""Answer the requests of the API under /apis/pbx, one module per subject."""

from . import acd, calls, events, phones, switches, system, users, voicemail

ENDPOINTS = (
    *system.ENDPOINTS,
    *users.ENDPOINTS,
    *phones.ENDPOINTS,
    *voicemail.ENDPOINTS,
    *events.ENDPOINTS,
    *calls.ENDPOINTS,
    *switches.ENDPOINTS,
    *acd.ENDPOINTS,
)
