"""Write the document about automations: `python -m tests.components.parity.automations.document`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from homeassistant.util.yaml import load_yaml_dict

from .house import BLUEPRINTS
from .plain import example
from .table import TABLE, Automation

DOCUMENT = Path(__file__).parents[4] / "docs" / "automations.md"
SYSTEMS = {
    "asterisk": "Asterisk",
    "axeos": "Axeos",
    "innovaphone": "innovaphone",
    "switchvox": "Switchvox",
    "ipcortex": "IPCortex",
}
LOGINS = {"ipcortex_admin": "needs the login of an administrator"}
FOLDER = "blueprints/automation/pbx"
SOURCE = f"https://github.com/ha-pbx/ha-pbx/blob/main/{FOLDER}"
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
TESTS = "../tests/components/parity/automations"
BEGIN = """\
# Automations

What people automate with a telephone system, ready to import or to copy. Each was tried on a simulated PBX
of every system that can do it, and on a [genuine Asterisk](../tests/components/genuine/test_automations.py).
More of the kind, with templates and scripts, are among the [examples](examples.md).

## Blueprints

A blueprint needs no writing: import it, choose the devices, done. **Import** opens your own Home Assistant.

"""
MIDDLE = """
## What works where

Everything here can be built in the editor, without a template.

"""
COPIES = """
## To copy

Paste one into the YAML editor of an automation and put in your own entities. Here they are those of a PBX
named *Office*, on which Anna de Vries has the phone *Desk Anna*; [entities](entities.md) says what they are.

The conditions of this integration go well with its triggers: when one of these comes, all entities are up to
date. A state trigger may come a moment before another entity of the same user has changed.
"""


def render() -> str:
    """Return the whole document."""
    return "".join((BEGIN, *_blueprints(), MIDDLE, *_systems(), COPIES, *_copies()))


def import_link(name: str) -> str:
    """Return the link that imports a blueprint into the Home Assistant of whoever follows it."""
    return IMPORT + quote(f"{SOURCE}/{name}.yaml", safe="")


def _blueprints() -> Iterator[str]:
    yield "| Blueprint | What it does | |\n| --- | --- | --- |\n"
    for file in sorted(BLUEPRINTS.rglob("*.yaml")):
        blueprint: dict[str, Any] = load_yaml_dict(file)["blueprint"]
        link = f"[{blueprint['name']}](../{FOLDER}/{file.name})"
        yield f"| {link} | {blueprint['description']} | [Import]({import_link(file.stem)}) |\n"


def _systems() -> Iterator[str]:
    yield f"| | Automation | {' | '.join(SYSTEMS.values())} |\n| --- {'| --- ' * (len(SYSTEMS) + 1)}|\n"
    for automation in TABLE:
        cells = " | ".join(_cell(automation, system) for system in SYSTEMS)
        yield f"| {automation.number} | [{automation.title}](#{automation.anchor}) | {cells} |\n"


def _cell(automation: Automation, system: str) -> str:
    missing = automation.missing(system)
    if missing is not None:
        return f"no: {missing}"
    special = [LOGINS[automation.logins[system]]] if system in automation.logins else []
    special += [automation.notes[system]] if system in automation.notes else []
    return "; ".join(["yes", *special])


def _copies() -> Iterator[str]:
    for automation in TABLE:
        yield f"\n### {automation.heading}\n\n"
        if automation.blueprint:
            yield f"The blueprint [does it]({import_link(automation.name)}).\n\n"
        for file, purpose in automation.plain.items():
            yield f"{purpose}\n\n" if purpose else ""
            yield f"```yaml\n{example(file)}```\n\n"
        names = ", ".join(SYSTEMS[system] for system in SYSTEMS if system in automation.systems)
        yield f"Tried on {names} by [`test_{automation.name}`]({TESTS}/{automation.module}.py).\n"


if __name__ == "__main__":
    DOCUMENT.write_text(render(), encoding="utf-8")
