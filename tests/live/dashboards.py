"""Make dashboards over the websocket, as the editor of Home Assistant does."""

from typing import Any

from tests.live.api import Api

type Json = dict[str, Any]
# The whole dashboard that comes with the integration.
TELEPHONE: Json = {"strategy": {"type": "custom:pbx"}}


async def list_paths(api: Api) -> set[str]:
    """Return the paths of all dashboards."""
    return {dashboard["url_path"] for dashboard in await api.socket.command("lovelace/dashboards/list")}


async def save_dashboard(api: Api, name: str, config: Json) -> str:
    """Make a dashboard with this configuration, or change it; returns its path."""
    path = f"pbx-{name}"
    if path not in await list_paths(api):
        fields = {"url_path": path, "title": name.capitalize(), "mode": "storage"}
        await api.socket.command("lovelace/dashboards/create", **fields)
    await api.socket.command("lovelace/config/save", url_path=path, config=config)
    return f"/{path}/0"


def cards_in_sections(*cards: Json) -> Json:
    """Return the configuration of a dashboard with one view that has a section for each card."""
    sections = [{"type": "grid", "cards": [card]} for card in cards]
    return {"views": [{"title": "Telephone", "type": "sections", "max_columns": 4, "sections": sections}]}


async def name_people(api: Api, entry_id: str, people: dict[str, str]) -> None:
    """Say in the options of an entry which user of the PBX each person is, and leave the rest."""
    form = await api.options_flow.start(entry_id)
    sections: Json = {section["name"]: {} for section in form["data_schema"]}
    sections["people"] = {"people": [{"person": person, "user": user} for person, user in people.items()]}
    await api.options_flow.step(form["flow_id"], sections)


async def name_person(api: Api, entry_id: str, user: str) -> None:
    """Say in the options of an entry that a user of the PBX is the demo user, and leave the rest."""
    await name_people(api, entry_id, {"person.demo": user})
