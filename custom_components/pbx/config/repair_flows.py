"""What people are led through to repair something."""

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from ..const import CONF_FINGERPRINT, CONF_LOGIN, CONF_TLS
from ..errors import explain_detail
from ..hub.hub import PbxConfigEntry
from ..hub.issues import (
    CERTIFICATE_CHANGED,
    RECORDING_READY,
    RECORDING_RUNS,
    UNKNOWN_EVENTS,
    make_placeholders,
)
from ..hub.recording import LONGEST_MINUTES
from ..hub.recording.download import make_download_link
from ..hub.recording.recordings import Recordings, async_get_recordings
from ..protocols.enums import NoticeCode
from ..protocols.errors import CannotConnect
from .certificates import Certificate, async_fetch_certificate, format_fingerprint
from .connection import NOT_TRUSTED
from .login_attempts import LoginResult, async_try_login
from .login_forms import LOGIN_FORMS, PORT_SELECTOR, TRUST_FIELDS
from .tls import clean_trust_settings

ISSUE_URL = "https://github.com/ha-pbx/ha-pbx/issues/new?template=recording.yml"
_MINUTES, _SAVE = "minutes", "save"
_RECORD_SCHEMA = vol.Schema({
    vol.Required(_MINUTES, default=10): NumberSelector(
        NumberSelectorConfig(
            min=1, max=LONGEST_MINUTES, mode=NumberSelectorMode.BOX, unit_of_measurement="min"
        )
    )
})  # fmt: skip
_REVIEW_SCHEMA = vol.Schema({vol.Required(_SAVE, default=True): BooleanSelector()})


class EntryRepairFlow(RepairsFlow):
    """A flow that repairs something about one PBX; `placeholders` are those of its texts."""

    def __init__(self, entry: PbxConfigEntry, placeholders: dict[str, str]) -> None:
        self._entry = entry
        self._placeholders = placeholders

    @abstractmethod
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Start the flow."""


class CheckAgainFlow(EntryRepairFlow):
    """Say what a person has to do, and check whether it has helped."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_check()

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show the instructions; once they are confirmed, reload the entry and check again."""
        result = LoginResult() if user_input is None else await self._check_again()
        if user_input is not None and result.error is None:
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="check",
            data_schema=vol.Schema({}),
            errors=result.errors,
            description_placeholders=self._placeholders,
        )

    async def _check_again(self) -> LoginResult:
        await self.hass.config_entries.async_reload(self._entry.entry_id)
        if self._entry.state is not ConfigEntryState.LOADED:
            return LoginResult(error="cannot_connect")
        there = await self._entry.runtime_data.issues.is_still_there(self.issue_id)
        return LoginResult(error="still_there" if there else None)


class CertificateFlow(EntryRepairFlow):
    """Show the certificate that is not trusted, and pin it where a person recognizes it."""

    _certificate: Certificate

    def __init__(self, entry: PbxConfigEntry, placeholders: dict[str, str]) -> None:
        super().__init__(entry, placeholders)
        self._data: Mapping[str, Any] = entry.data

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_certificate()

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show the new certificate beside the fingerprint of the old one."""
        if user_input is not None:
            return await self._try_login({**self._data, **self._certificate.trust_settings})
        return await self._show_certificate(LoginResult())

    async def _try_login(self, data: Mapping[str, Any]) -> RepairsFlowResult:
        """Log in with other data, and store it in the entry where that works."""
        self._data = clean_trust_settings(data)
        result = await async_try_login(self.hass, self._data)
        if result.info is None:
            return await self._show_failure(result)
        if not result.info.provisional and result.info.id != self._entry.unique_id:
            return await self._show_failure(LoginResult(error="another_pbx"))
        self.hass.config_entries.async_update_entry(self._entry, data=self._data)
        await self.hass.config_entries.async_reload(self._entry.entry_id)
        return self.async_create_entry(data={})

    async def _show_failure(self, result: LoginResult) -> RepairsFlowResult:
        return await self._show_certificate(result)

    async def _show_certificate(self, result: LoginResult) -> RepairsFlowResult:
        try:
            self._certificate = await async_fetch_certificate(self._data[CONF_HOST], self._data[CONF_PORT])
        except CannotConnect:
            return self.async_abort(reason="cannot_connect")
        old = format_fingerprint(self._entry.data.get(CONF_FINGERPRINT, "")) or "-"
        return self.async_show_form(
            step_id="certificate",
            data_schema=vol.Schema({}),
            errors=result.errors,
            description_placeholders={
                **self._placeholders,
                **self._certificate.placeholders,
                "old_fingerprint": old,
                "right": result.right,
            },
        )


class EncryptFlow(CertificateFlow):
    """Change from a plain connection to one with TLS."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_encrypt()

    async def async_step_encrypt(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the port and the trust of TLS."""
        if user_input is not None:
            return await self._try_login({**self._entry.data, CONF_TLS: True, **user_input})
        return self._show_form(LoginResult())

    @override
    async def _show_failure(self, result: LoginResult) -> RepairsFlowResult:
        if result.error == NOT_TRUSTED:
            return await self._show_certificate(LoginResult())
        return self._show_form(result)

    def _show_form(self, result: LoginResult) -> RepairsFlowResult:
        port = LOGIN_FORMS[self._entry.data[CONF_LOGIN]].get_port(tls=True)
        return self.async_show_form(
            step_id="encrypt",
            data_schema=vol.Schema({vol.Required(CONF_PORT, default=port): PORT_SELECTOR, **TRUST_FIELDS}),
            errors=result.errors,
            description_placeholders={
                **self._placeholders,
                "right": explain_detail(self.hass, "missing_right", result.right),
            },
        )


class RecordFlow(EntryRepairFlow):
    """Record for minutes what the PBX says."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_record()

    async def async_step_record(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for how long, and begin with a new session."""
        if user_input is not None:
            async_get_recordings(self.hass, self._entry).start(user_input[_MINUTES])
            self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="record", data_schema=_RECORD_SCHEMA, description_placeholders=self._placeholders
        )


class ReviewFlow(EntryRepairFlow):
    """Show what would be handed over of a recording; keep it as a file, or throw it away."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_review()

    async def async_step_review(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show how much is in it and some of its lines."""
        recordings = async_get_recordings(self.hass, self._entry)
        if not recordings.has_any:
            return self.async_abort(reason="no_recording")
        if user_input is None:
            return await self._show_draft(recordings)
        if user_input[_SAVE]:
            return await self._save(recordings)
        recordings.discard()
        return self.async_create_entry(data={})

    async def _show_draft(
        self, recordings: Recordings, errors: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        draft = await recordings.finish()
        return self.async_show_form(
            step_id="review",
            data_schema=_REVIEW_SCHEMA,
            errors=errors,
            description_placeholders={**self._placeholders, **draft.placeholders},
        )

    async def _save(self, recordings: Recordings) -> RepairsFlowResult:
        try:
            path = await recordings.save()
        except OSError:
            return await self._show_draft(recordings, {"base": "cannot_save"})
        return self._show_file(path)

    def _show_file(self, path: Path) -> RepairsFlowResult:
        link = make_download_link(self.hass, path)
        return self.async_show_form(
            step_id="saved",
            data_schema=vol.Schema({}),
            description_placeholders={
                **self._placeholders,
                "path": str(path),
                # The frontend takes other links for pages of its own.
                "link": f'<a href="{link}" target="_blank">{path.name}</a>',
                "issue_url": ISSUE_URL,
            },
        )

    async def async_step_saved(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """End once the file was seen."""
        return self.async_create_entry(data={})


class StopFlow(ReviewFlow):
    """End a recording that runs before its time."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_stop()

    async def async_step_stop(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask whether to end it."""
        if user_input is not None:
            return await self.async_step_review()
        return self.async_show_form(
            step_id="stop", data_schema=vol.Schema({}), description_placeholders=self._placeholders
        )


_FLOWS: dict[str, type[EntryRepairFlow]] = {
    CERTIFICATE_CHANGED: CertificateFlow,
    NoticeCode.UNENCRYPTED: EncryptFlow,
    RECORDING_READY: ReviewFlow,
    RECORDING_RUNS: StopFlow,
    UNKNOWN_EVENTS: RecordFlow,
}


def create_flow(hass: HomeAssistant, entry: PbxConfigEntry, code: str, detail: str) -> RepairsFlow:
    """Return the flow for an issue; one that has no flow of its own is checked again."""
    return _FLOWS.get(code, CheckAgainFlow)(entry, make_placeholders(hass, entry, code, detail))
