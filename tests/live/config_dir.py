"""Write the configuration folder that a live Home Assistant starts from."""

from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

CONFIGURATION = """\
automation: !include automations.yaml
config:
conversation:
frontend:
history:
logbook:
logger:
  default: warning
  logs:
    aiohttp_fast_zlib: error
    custom_components.pbx: info
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
recorder:
  auto_purge: false
  commit_interval: 1
script: !include scripts.yaml
system_health:
"""

EMPTY_FILES = {"automations.yaml": "[]\n", "scripts.yaml": "{}\n"}
LINKED_FOLDERS = ("custom_components/pbx",)
# Home Assistant looks for blueprints without following links.
COPIED_FOLDERS = ("blueprints/automation/pbx",)

HOME = {
    "location_name": "Home",
    "country": "NL",
    "currency": "EUR",
    "language": "en",
    "latitude": 52.37,
    "longitude": 4.9,
    "elevation": 0,
    "radius": 100,
    "time_zone": "Europe/Amsterdam",
    "unit_system_v2": "metric",
    "external_url": None,
    "internal_url": None,
}

# Only the user is missing: the other steps set up integrations that ask services on the internet.
ONBOARDING = {"done": ["core_config", "integration", "analytics"]}


def write_config_dir(folder: Path, host: str, port: int, configuration: str = CONFIGURATION) -> None:
    """Fill the folder with all that Home Assistant needs to start, keeping what it stored itself."""
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    _write_new(folder / "configuration.yaml", configuration)
    for name, text in EMPTY_FILES.items():
        _write_new(folder / name, text)
    for path in LINKED_FOLDERS:
        _link(folder / path, REPOSITORY / path)
    for path in COPIED_FOLDERS:
        _copy(folder / path, REPOSITORY / path)
    (storage / "http").write_text(store("http", (2, 2), http_settings(host, port)))
    _write_new(storage / "core.config", store("core.config", (1, 4), HOME))
    _write_new(storage / "onboarding", store("onboarding", (4, 1), ONBOARDING))


def store(key: str, version: tuple[int, int], data: dict[str, Any]) -> str:
    """Return data in the form in which Home Assistant stores it."""
    major, minor = version
    return json.dumps({"version": major, "minor_version": minor, "key": key, "data": data})


def _write_new(path: Path, text: str) -> None:
    """Write a file unless it is there already."""
    if not path.exists():
        path.write_text(text)


def _link(link: Path, target: Path) -> None:
    """Link a folder of the repository into the configuration, if the repository has it."""
    if link.is_symlink() or not target.is_dir():
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target, target_is_directory=True)


def _copy(copy: Path, source: Path) -> None:
    """Copy a folder of the repository into the configuration as it is now; an earlier release made a link."""
    if copy.is_symlink():
        copy.unlink()
    shutil.copytree(source, copy, dirs_exist_ok=True)


def http_settings(host: str, port: int) -> dict[str, Any]:
    """Return HTTP settings that are confirmed already.

    Settings from YAML would be on trial: unless they are promoted, Home Assistant reverts them after five
    minutes and restarts. It also reports them as an issue, and reads no other port from YAML later.
    """
    stable = {
        "server_host": [host],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}
