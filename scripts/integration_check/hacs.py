"""Check what HACS wants of a repository."""

import voluptuous as vol

from .findings import Findings, error, invalid
from .integration import Integration, integration_folders, read_json

HACS_JSON = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Optional("homeassistant"): str,
        vol.Optional("hide_default_branch"): bool,
        vol.Inclusive("filename", "release"): str,
        vol.Inclusive("zip_release", "release"): bool,
    }
)
INFORMATION = {"readme", "readme.md", "info", "info.md"}


def check(integration: Integration) -> Findings:
    """Check hacs.json and the files at the root."""
    repository = integration.repository
    if (count := len(integration_folders(repository))) != 1:
        yield error(f"a repository holds one integration, not {count}")
    if (repository / "hacs.json").is_file():
        yield from invalid(HACS_JSON, read_json(repository / "hacs.json"), "hacs.json")
    else:
        yield error("there is no hacs.json")
    if not INFORMATION & {path.name.lower() for path in repository.iterdir()}:
        yield error("there is no README")
    if not (repository / "LICENSE").is_file():
        yield error("there is no LICENSE")
