"""Check manifest.json as hassfest does for a custom integration."""

from pathlib import Path
import tomllib

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .findings import Findings, error, invalid
from .integration import Integration

VERSION_STRATEGIES = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
IOT_CLASSES = ["assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push"]


def _version(text: str) -> str:
    """Return a version that Home Assistant can compare."""
    try:
        return AwesomeVersion(text, ensure_strategy=VERSION_STRATEGIES)
    except AwesomeVersionException as problem:
        raise vol.Invalid(str(problem)) from problem


MANIFEST = vol.Schema(
    {
        vol.Required("domain"): cv.slug,
        vol.Required("name"): str,
        vol.Optional("after_dependencies"): [cv.slug],
        vol.Required("codeowners"): [vol.Match("@")],
        vol.Optional("config_flow"): bool,
        vol.Optional("dependencies"): [cv.slug],
        vol.Optional("dhcp"): [dict],
        vol.Required("documentation"): vol.Match(r"https://(?!www\.home-assistant\.io/integrations)"),
        vol.Optional("integration_type"): str,
        vol.Required("iot_class"): vol.In(IOT_CLASSES),
        vol.Required("issue_tracker"): cv.url,
        vol.Optional("loggers"): [str],
        vol.Optional("quality_scale"): str,
        vol.Optional("requirements"): [vol.Match(r"[A-Za-z0-9._-]+(\[[\w,]+\])?(==|>=|~=)[\w.]+$")],
        vol.Required("version"): _version,
    }
)


def check(integration: Integration) -> Findings:
    """Check the manifest, the order of its keys, and whether it fits what lies around it."""
    manifest, project = integration.manifest, integration.repository / "pyproject.toml"
    yield from invalid(MANIFEST, manifest, "manifest.json")
    wanted = sorted(manifest, key=lambda key: (key not in {"domain", "name"}, key))
    if list(manifest) != wanted:
        yield error(f"the order of keys is to be {', '.join(wanted)}")
    if manifest.get("domain") != integration.folder.name:
        yield error("the domain is not the folder's name")
    if manifest.get("config_flow") and not (integration.folder / "config_flow.py").is_file():
        yield error("config_flow is true without a config_flow.py")
    if project.is_file() and _project_version(project) != manifest.get("version"):
        yield error("pyproject.toml has another version")


def _project_version(project: Path) -> object:
    """Return the version that the project has."""
    return tomllib.loads(project.read_text())["project"]["version"]
