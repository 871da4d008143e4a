"""Show the form of all options of a PBX, and read what was filled in."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import section
import voluptuous as vol

from ..const import CONF_SYSTEM
from ..hub.hub import PbxHub
from ..hub.options import Selection
from ..hub.recording.recordings import async_get_recordings
from ..protocols.registry import SYSTEMS
from .options_form import (
    CHOSEN_KINDS,
    PUSH_SECTION,
    RECORD_MINUTES,
    Field,
    FormSource,
    find_known_ids,
    sections_for,
)


async def async_ask_for_options(flow: OptionsFlow, user_input: dict[str, Any] | None) -> ConfigFlowResult:
    """Show the options, and store them once they are filled in."""
    source = await _load_source(flow)
    sections = sections_for(source)
    shown = {**flow.config_entry.options, **_find_choice(source)}
    errors: dict[str, str] = {}
    if user_input is not None:
        shown = _read_form(user_input)
        errors = _find_errors(source, sections, shown)
        if not errors:
            _record(flow, shown.pop(RECORD_MINUTES, 0))
            return flow.async_create_entry(data={**shown, **find_known_ids(source, shown)})
    schema = flow.add_suggested_values_to_schema(
        _build_schema(source, sections, errors), _fill_form(sections, shown)
    )
    return flow.async_show_form(step_id="init", data_schema=schema, errors=errors)


def _record(flow: OptionsFlow, minutes: float) -> None:
    """Record for minutes, where there are any, from a new session on."""
    if minutes:
        async_get_recordings(flow.hass, flow.config_entry).start(minutes)
        flow.hass.config_entries.async_schedule_reload(flow.config_entry.entry_id)


async def _load_source(flow: OptionsFlow) -> FormSource:
    entry = flow.config_entry
    # The form asks for them again, where they must be there.
    await flow.hass.async_add_import_executor_job(SYSTEMS[entry.data[CONF_SYSTEM]].get_settings)
    loaded = entry.state is ConfigEntryState.LOADED
    auth_users = await flow.hass.auth.async_get_users()
    hub: PbxHub | None = entry.runtime_data if loaded else None
    return FormSource(
        system=entry.data[CONF_SYSTEM],
        options=entry.options,
        objects=hub.state.objects if hub is not None else {},
        hub=hub,
        auth_users=auth_users,
    )


def _read_form(user_input: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the options of an entry from a filled-in form."""
    chosen = {name: fields for name, fields in user_input.items() if name != PUSH_SECTION}
    return {name: _to_integer(value) for fields in chosen.values() for name, value in fields.items()}


def _to_integer(value: Any) -> Any:
    """Return a whole number as an integer; the frontend only sends floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fill_form(sections: Mapping[str, Sequence[Field]], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form, by section and field, from the options of an entry."""
    return {
        name: {field.name: options[field.name] for field in fields if field.name in options}
        for name, fields in sections.items()
    }


def _find_choice(source: FormSource) -> dict[str, list[str]]:
    """Return the users and phones that are imported now, also new ones that were imported by themselves."""
    hub = source.hub
    if hub is None or hub.options.selection is not Selection.CHOSEN:
        return {}
    chosen = {
        kind: dict.fromkeys(source.options.get(f"chosen_{name}", ())) for kind, name in CHOSEN_KINDS.items()
    }
    for key, item in hub.state.objects.items():
        if key.kind in chosen and hub.imported.is_chosen(item):
            chosen[key.kind][key.id] = None
    return {f"chosen_{name}": list(chosen[kind]) for kind, name in CHOSEN_KINDS.items()}


def _build_schema(
    source: FormSource, sections: Mapping[str, Sequence[Field]], errors: Mapping[str, str]
) -> vol.Schema:
    """Return the schema of the form; sections with an error are expanded."""
    return vol.Schema({
        vol.Required(name): section(
            vol.Schema({field.marker: field.selector(source) for field in fields}),
            {"collapsed": name not in errors},
        )
        for name, fields in sections.items()
    })  # fmt: skip


def _find_errors(
    source: FormSource, sections: Mapping[str, Sequence[Field]], chosen: Mapping[str, Any]
) -> dict[str, str]:
    """Return the errors by section, since the frontend shows none at a field within a section."""
    found = (
        (name, field.find_error(chosen, source)) for name, fields in sections.items() for field in fields
    )
    return {name: error for name, error in found if error is not None}
