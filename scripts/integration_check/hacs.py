"""Check what HACS wants of a repository."""

from .findings import Findings, error
from .integration import Integration, integration_folders, read_json

KNOWN_KEYS = {
    "name",
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "persistent_directory",
    "render_readme",
    "zip_release",
}
INFORMATION = {"readme", "readme.md", "info", "info.md"}


def check(integration: Integration) -> Findings:
    """Check hacs.json and the files at the root."""
    repository = integration.repository
    if (count := len(integration_folders(repository))) != 1:
        yield error(f"a repository holds one integration, not {count}")
    if (repository / "hacs.json").is_file():
        yield from _check_hacs_json(integration)
    else:
        yield error("there is no hacs.json")
    if not INFORMATION & {path.name.lower() for path in repository.iterdir()}:
        yield error("there is no README")
    if not (repository / "LICENSE").is_file():
        yield error("there is no LICENSE")


def _check_hacs_json(integration: Integration) -> Findings:
    """Check the keys of hacs.json."""
    data = read_json(integration.repository / "hacs.json")
    yield from (error(f"hacs.json: unknown key {key}") for key in data.keys() - KNOWN_KEYS)
    if not data.get("name"):
        yield error("hacs.json has no name")
    if data.get("zip_release") and not data.get("filename"):
        yield error("hacs.json has zip_release without filename")
