"""Flows that put right what a repair issue tells of."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, cast, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .config.connection import NOT_TRUSTED, Outcome, async_try_login
from .config.login_forms import PORT, TRUST
from .config.tls import Certificate, Trust, async_presented, shown, tidied
from .const import CONF_FINGERPRINT, CONF_TLS, CONF_TRUST
from .hub.hub import PbxConfigEntry
from .hub.issues import CERTIFICATE_CHANGED
from .protocols.enums import NoticeCode
from .protocols.errors import CannotConnect

HTTPS_PORT = 443


class EntryRepairFlow(RepairsFlow):
    """Put right something about one PBX."""

    def __init__(self, entry: PbxConfigEntry, detail: str) -> None:
        self._entry = entry
        self._placeholders = {"name": entry.title, "detail": detail}

    @abstractmethod
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""


class CheckAgainFlow(EntryRepairFlow):
    """Name the steps that a person has to take, and look whether they helped."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_check()

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Start the session anew and hear what it says."""
        outcome = Outcome() if user_input is None else await self._outcome()
        if user_input is not None and outcome.error is None:
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="check",
            data_schema=vol.Schema({}),
            errors=outcome.errors,
            description_placeholders=self._placeholders,
        )

    async def _outcome(self) -> Outcome:
        await self.hass.config_entries.async_reload(self._entry.entry_id)
        if self._entry.state is not ConfigEntryState.LOADED:
            return Outcome(error="cannot_connect")
        there = await self._entry.runtime_data.issues.still_there(self.issue_id)
        return Outcome(error="still_there" if there else None)


class CertificateFlow(EntryRepairFlow):
    """Show the certificate that is not trusted, and pin it where a person knows it to be the right one."""

    _certificate: Certificate

    def __init__(self, entry: PbxConfigEntry, detail: str) -> None:
        super().__init__(entry, detail)
        self._data: Mapping[str, Any] = entry.data

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_certificate()

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Compare the old certificate and the new one."""
        if user_input is not None:
            pin = {CONF_TRUST: Trust.FINGERPRINT.value, CONF_FINGERPRINT: self._certificate.fingerprint}
            return await self._try({**self._data, **pin})
        return await self._show_certificate(Outcome())

    async def _try(self, data: Mapping[str, Any]) -> RepairsFlowResult:
        """Log in with other settings, and keep them where that works."""
        self._data = tidied(data)
        outcome = await async_try_login(self.hass, self._data)
        if outcome.info is None:
            return await self._failed(outcome)
        if not outcome.info.provisional and outcome.info.id != self._entry.unique_id:
            return await self._failed(Outcome(error="another_pbx"))
        self.hass.config_entries.async_update_entry(self._entry, data=self._data)
        await self.hass.config_entries.async_reload(self._entry.entry_id)
        return self.async_create_entry(data={})

    async def _failed(self, outcome: Outcome) -> RepairsFlowResult:
        return await self._show_certificate(outcome)

    async def _show_certificate(self, outcome: Outcome) -> RepairsFlowResult:
        try:
            self._certificate = await async_presented(self._data[CONF_HOST], self._data[CONF_PORT])
        except CannotConnect:
            return self.async_abort(reason="cannot_connect")
        old = shown(self._entry.data.get(CONF_FINGERPRINT, "")) or "-"
        return self.async_show_form(
            step_id="certificate",
            data_schema=vol.Schema({}),
            errors=outcome.errors,
            description_placeholders={
                **self._placeholders,
                **self._certificate.placeholders(),
                "old_fingerprint": old,
                "right": outcome.right,
            },
        )


class EncryptFlow(CertificateFlow):
    """Change from plain HTTP to HTTPS."""

    @override
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        return await self.async_step_encrypt()

    async def async_step_encrypt(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask how the PBX is reached by HTTPS."""
        if user_input is not None:
            return await self._try({**self._entry.data, CONF_TLS: True, **user_input})
        return self._show_form(Outcome())

    @override
    async def _failed(self, outcome: Outcome) -> RepairsFlowResult:
        if outcome.error == NOT_TRUSTED:
            return await self._show_certificate(Outcome())
        return self._show_form(outcome)

    def _show_form(self, outcome: Outcome) -> RepairsFlowResult:
        return self.async_show_form(
            step_id="encrypt",
            data_schema=vol.Schema({vol.Required(CONF_PORT, default=HTTPS_PORT): PORT, **TRUST}),
            errors=outcome.errors,
            description_placeholders={**self._placeholders, "right": outcome.right},
        )


_FLOWS: dict[str, type[EntryRepairFlow]] = {
    CERTIFICATE_CHANGED: CertificateFlow,
    NoticeCode.UNENCRYPTED: EncryptFlow,
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for an issue; what has none of its own is looked at again."""
    about = cast("dict[str, str]", data)
    entry: PbxConfigEntry = hass.config_entries.async_get_known_entry(about["entry_id"])
    return _FLOWS.get(about["code"], CheckAgainFlow)(entry, about["detail"])
