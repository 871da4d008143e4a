"""Repair issues for what a person can put right."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .protocols.changes import Notice
from .protocols.enums import NoticeCode


@callback
def async_apply_notice(hass: HomeAssistant, entry: ConfigEntry, notice: Notice) -> None:
    """Raise an issue, or take it away once it is cured."""
    issue_id = f"{entry.entry_id}_{notice.code}_{notice.detail}"
    if not notice.active:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=notice.code,
        translation_placeholders={"name": entry.title, "detail": notice.detail},
        learn_more_url="https://github.com/ha-pbx/ha-pbx/blob/main/docs/troubleshooting.md",
    )


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take away every issue of an entry that goes."""
    registry = ir.async_get(hass)
    codes = tuple(f"{entry.entry_id}_{code}" for code in NoticeCode)
    for domain, issue_id in list(registry.issues):
        if domain == DOMAIN and issue_id.startswith(codes):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
