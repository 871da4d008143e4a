"""Check the Python code as hassfest does: schema, and imports of other integrations."""

import ast
from collections.abc import Iterator
from pathlib import Path
import re

from homeassistant.const import Platform

from .findings import Findings, error
from .integration import Integration

# What any integration may import without naming it.
FREE_COMPONENTS = {
    "alert",
    "automation",
    "brands",
    "conversation",
    "default_config",
    "device_automation",
    "diagnostics",
    "frontend",
    "group",
    "homeassistant",
    "http",
    "input_boolean",
    "input_button",
    "input_datetime",
    "input_number",
    "input_select",
    "input_text",
    "llm",
    "media_source",
    "onboarding",
    "panel_custom",
    "persistent_notification",
    "person",
    "repairs",
    "script",
    "shopping_list",
    "sun",
    "system_health",
    "system_log",
    "timer",
    "webhook",
    "websocket_api",
    "zone",
} | {platform.value for platform in Platform}
# A discovery key in the manifest stands for a dependency.
DISCOVERY_KEYS = {"bluetooth", "dhcp", "mqtt", "ssdp", "usb", "zeroconf"}
PREFIX = "homeassistant.components"
ASYNC_SETUP = re.compile(r"async def async_setup\(")


def check(integration: Integration) -> Findings:
    """Check the schema and the imports."""
    yield from _check_schema(integration.folder / "__init__.py")
    allowed = _allowed_components(integration)
    for path, module in integration.modules.items():
        for component in sorted(_imported_components(module) - allowed):
            yield error(f"{path.name} imports {component}, which the manifest does not name")


def _check_schema(path: Path) -> Findings:
    """Check that the integration refuses a configuration in YAML."""
    if not path.is_file():
        yield error("there is no __init__.py")
        return
    source = path.read_text()
    if ASYNC_SETUP.search(source) and "CONFIG_SCHEMA" not in source:
        yield error("async_setup without a CONFIG_SCHEMA")


def _allowed_components(integration: Integration) -> set[str]:
    """Return the components that the integration may import."""
    manifest = integration.manifest
    named = {*manifest.get("dependencies", []), *manifest.get("after_dependencies", [])}
    own = {path.stem for path in integration.folder.glob("*.py")}
    return FREE_COMPONENTS | named | own | (DISCOVERY_KEYS & manifest.keys())


def _imported_components(module: ast.Module) -> set[str]:
    """Return the components that a module imports at run time."""
    typing_only = {
        id(child)
        for node in ast.walk(module)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    imports = (name for node in ast.walk(module) if id(node) not in typing_only for name in _imported(node))
    return {name.split(".")[2] for name in imports if name.startswith(f"{PREFIX}.")}


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the full names of the modules that a statement imports."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), names=names) if module == PREFIX:
            yield from (f"{module}.{alias.name}" for alias in names)
        case ast.ImportFrom(module=str(module)):
            yield module
