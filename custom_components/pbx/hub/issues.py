"""Repair issues of a PBX: what a person can put right."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from ..const import CONF_SYSTEM, DOMAIN
from ..errors import explain_detail
from ..protocols.changes import Notice
from ..protocols.enums import NoticeCode
from ..protocols.errors import CertificateNotTrusted, MissingRight, PbxError
from ..protocols.json_text import to_inert_line
from ..protocols.registry import SYSTEMS
from .title import async_track_title

CERTIFICATE_CHANGED = "certificate_changed"
RECORDING_READY = "recording_ready"
RECORDING_RUNS = "recording_runs"
UNKNOWN_EVENTS = "unknown_events"
LEARN_MORE = "https://github.com/ha-pbx/ha-pbx/blob/main/docs/troubleshooting.md"
# What the session has not reported again after so many seconds is cured.
CURED_AFTER = 60.0
# After so many seconds a session that was opened anew has reported what is still wrong.
VERDICT_SECONDS = 10.0
# These have a flow in repairs.py; for the others there is something to do on the PBX.
FIXABLE = frozenset({
    CERTIFICATE_CHANGED,
    NoticeCode.LIVE_FEED_MISSING,
    NoticeCode.MISSING_RIGHT,
    NoticeCode.NO_USERS_VISIBLE,
    NoticeCode.PRESENCE_HIDDEN,
    NoticeCode.UNENCRYPTED,
    RECORDING_READY,
    RECORDING_RUNS,
    UNKNOWN_EVENTS,
})  # fmt: skip
# Whether these are cured shows only when something happens at the PBX, not after a restart.
_SEEN_LATER = frozenset({NoticeCode.CALL_EVENTS_MISSING, RECORDING_READY, RECORDING_RUNS, UNKNOWN_EVENTS})
# After so many seconds without a repetition these are cured; the session reports only that they happen.
_OVER_AFTER: dict[str, float] = {NoticeCode.LOGGED_OUT_OFTEN: 3600.0}


class EntryIssues:
    """The issues of one PBX since its entry was loaded."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._reported: dict[str, bool] = {}
        self._changed = asyncio.Event()
        self._loss: Notice | None = None
        self._ends: dict[str, CALLBACK_TYPE] = {}
        entry.async_on_unload(self._cancel)
        async_track_title(hass, entry, self._handle_title)

    @callback
    def _handle_title(self) -> None:
        """Show the name that a person has given the entry in the issues that there are."""
        registry, entry = ir.async_get(self._hass), self._entry
        for issue_id in _list_issue_ids(self._hass, entry):
            issue = registry.async_get_issue(DOMAIN, issue_id)
            if issue is not None and issue.data is not None:
                code, detail = str(issue.data["code"]), str(issue.data["detail"])
                plain = issue_id == _make_issue_id(entry, code)
                _create_issue(self._hass, entry, code, detail, without_detail=plain)

    @callback
    def apply(self, notice: Notice) -> None:
        """Create the issue of a notice, or delete it where the notice says that it is cured."""
        issue_id = _make_issue_id(self._entry, notice.code, notice.detail)
        self._reported[issue_id] = notice.active
        self._changed.set()
        if notice.active:
            _create_issue(self._hass, self._entry, notice.code, notice.detail)
            self._await_end(notice)
        else:
            self._cure(notice, issue_id)

    def _cure(self, notice: Notice, issue_id: str) -> None:
        """Delete an issue; a notice without a detail deletes all of its code."""
        for known in _list_issue_ids(self._hass, self._entry):
            if known == issue_id or (not notice.detail and known.startswith(issue_id)):
                self._reported[known] = False
                ir.async_delete_issue(self._hass, DOMAIN, known)

    def _await_end(self, notice: Notice) -> None:
        """Delete an issue later, unless it is reported again by then."""
        if (seconds := _OVER_AFTER.get(notice.code)) is None:
            return

        @callback
        def end(now: datetime) -> None:
            self._ends.pop(notice.code)
            self.apply(replace(notice, active=False))

        self._ends.pop(notice.code, lambda: None)()
        self._ends[notice.code] = async_call_later(self._hass, seconds, end)

    @callback
    def _cancel(self) -> None:
        for cancel in self._ends.values():
            cancel()

    @callback
    def on_disconnected(self, error: PbxError) -> None:
        """Create an issue where a person has to do something before the PBX can be reached again."""
        if isinstance(error, CertificateNotTrusted):
            async_certificate_refused(self._hass, self._entry)
        if isinstance(error, MissingRight):
            self._loss = Notice(NoticeCode.MISSING_RIGHT, active=True, detail=error.right)
            self.apply(self._loss)

    @callback
    def on_connected(self) -> None:
        """Delete the issues that kept the PBX from being reached."""
        ir.async_delete_issue(self._hass, DOMAIN, _make_issue_id(self._entry, CERTIFICATE_CHANGED))
        if self._loss is not None:
            self.apply(replace(self._loss, active=False))
            self._loss = None

    @callback
    def forget_cured(self) -> None:
        """Delete, in a while, the issues from before a restart that are not reported again."""

        @callback
        def forget(now: datetime) -> None:
            later = tuple(_make_issue_id(self._entry, code) for code in _SEEN_LATER)
            for issue_id in _list_issue_ids(self._hass, self._entry):
                if not self._reported.get(issue_id, False) and not issue_id.startswith(later):
                    ir.async_delete_issue(self._hass, DOMAIN, issue_id)

        self._entry.async_on_unload(async_call_later(self._hass, CURED_AFTER, forget))

    async def is_still_there(self, issue_id: str) -> bool:
        """Return whether a session that was opened anew reports an issue again; waits seconds for it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(VERDICT_SECONDS):
                while issue_id not in self._reported:
                    self._changed.clear()
                    await self._changed.wait()
        return self._reported.get(issue_id, False)


@callback
def async_certificate_refused(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Create the issue of a certificate that is not trusted."""
    _create_issue(hass, entry, CERTIFICATE_CHANGED)


@callback
def async_show_recording(hass: HomeAssistant, entry: ConfigEntry, code: str | None, detail: str = "") -> None:
    """Create the issue of a recording that runs or is ready, None for neither."""
    for known in (RECORDING_RUNS, RECORDING_READY):
        ir.async_delete_issue(hass, DOMAIN, _make_issue_id(entry, known))
    if code is not None:
        _create_issue(hass, entry, code, detail, without_detail=True)


@callback
def async_ask_for_recording(hass: HomeAssistant, entry: ConfigEntry, names: str) -> None:
    """Create the issue of events that no decoder knows, with what they are called."""
    _create_issue(hass, entry, UNKNOWN_EVENTS, names, without_detail=True)


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete every issue of an entry that is removed."""
    for issue_id in _list_issue_ids(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def get_text_key(code: str, system: str) -> str:
    """Return the key of the texts of an issue."""
    texts = SYSTEMS[system].notice_texts if system in SYSTEMS else {}
    return next((key for notice, key in texts.items() if notice == code), code)


def _create_issue(
    hass: HomeAssistant, entry: ConfigEntry, code: str, detail: str = "", *, without_detail: bool = False
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        _make_issue_id(entry, code, "" if without_detail else detail),
        data={"entry_id": entry.entry_id, "code": code, "detail": detail},
        is_fixable=code in FIXABLE,
        severity=ir.IssueSeverity.ERROR if code == CERTIFICATE_CHANGED else ir.IssueSeverity.WARNING,
        translation_key=get_text_key(code, entry.data[CONF_SYSTEM]),
        translation_placeholders=make_placeholders(hass, entry, code, detail),
        learn_more_url=LEARN_MORE,
    )


def make_placeholders(hass: HomeAssistant, entry: ConfigEntry, code: str, detail: str) -> dict[str, str]:
    """Return the placeholders of the texts of an issue, which may hold links that the PBX must not add to."""
    return {
        "name": to_inert_line(entry.title),
        "detail": explain_detail(hass, code, to_inert_line(detail)),
    }


def _make_issue_id(entry: ConfigEntry, code: str, detail: str = "") -> str:
    return f"{entry.entry_id}_{code}_{detail}"


def _list_issue_ids(hass: HomeAssistant, entry: ConfigEntry) -> list[str]:
    prefix = f"{entry.entry_id}_"
    return [
        name for domain, name in ir.async_get(hass).issues if domain == DOMAIN and name.startswith(prefix)
    ]
