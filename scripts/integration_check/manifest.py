"""Check manifest.json as hassfest does for a custom integration."""

from pathlib import Path
import re
import tomllib
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy

from .findings import Findings, error
from .integration import Integration

KNOWN_KEYS = {
    "domain",
    "name",
    "after_dependencies",
    "bluetooth",
    "codeowners",
    "config_flow",
    "dependencies",
    "dhcp",
    "disabled",
    "documentation",
    "homekit",
    "import_executor",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "mqtt",
    "preview_features",
    "quality_scale",
    "requirements",
    "single_config_entry",
    "ssdp",
    "usb",
    "version",
    "zeroconf",
}
REQUIRED_KEYS = ["domain", "name", "codeowners", "documentation", "issue_tracker", "version", "iot_class"]
IOT_CLASSES = ["assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push"]
CORE_PAGES = "https://www.home-assistant.io/integrations"
PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[\w,]+\])?(==|>=|~=)[\w.]+")
VERSION_STRATEGIES = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]


def check(integration: Integration) -> Findings:
    """Check the keys of the manifest and their order, then what they say."""
    manifest = integration.manifest
    yield from (error(f"unknown key {key}") for key in manifest if key not in KNOWN_KEYS)
    yield from (error(f"{key} is missing") for key in REQUIRED_KEYS if key not in manifest)
    wanted = sorted(manifest, key=lambda key: (key not in {"domain", "name"}, key))
    if list(manifest) != wanted:
        yield error(f"the order of keys is to be {', '.join(wanted)}")
    yield from _check_identity(integration)
    yield from _check_version(manifest.get("version", ""), integration.repository / "pyproject.toml")
    yield from _check_links(manifest)
    for requirement in manifest.get("requirements", []):
        if not PINNED.fullmatch(requirement):
            yield error(f"requirement {requirement} is not pinned")


def _check_identity(integration: Integration) -> Findings:
    """Check that the manifest fits the folder it lies in."""
    manifest = integration.manifest
    if manifest.get("domain") != integration.folder.name:
        yield error("the domain is not the folder's name")
    if manifest.get("config_flow") and not (integration.folder / "config_flow.py").is_file():
        yield error("config_flow is true without a config_flow.py")


def _check_version(version: str, project: Path) -> Findings:
    """Check that Home Assistant can compare the version, and that the project has the same."""
    try:
        AwesomeVersion(version, ensure_strategy=VERSION_STRATEGIES)
    except AwesomeVersionException as problem:
        yield error(f"version: {problem}")
    if project.is_file() and tomllib.loads(project.read_text())["project"]["version"] != version:
        yield error("pyproject.toml has another version")


def _check_links(manifest: dict[str, Any]) -> Findings:
    """Check class, owners and documentation."""
    if manifest.get("iot_class") not in IOT_CLASSES:
        yield error("unknown iot_class")
    if any(not owner.startswith("@") for owner in manifest.get("codeowners", [])):
        yield error("a code owner starts with @")
    documentation = manifest.get("documentation", "")
    if not documentation.startswith("https://") or documentation.startswith(CORE_PAGES):
        yield error("documentation is to be an https page that is not one of Home Assistant's own")
