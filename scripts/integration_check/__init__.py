"""Check the integration offline as hassfest and HACS do, and for missing texts and icons."""

# Home Assistant validates with a library of its own, which it installs under the name voluptuous.
import homeassistant  # noqa: F401
