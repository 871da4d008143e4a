"""Check the brand images that Home Assistant serves."""

from pathlib import Path
import struct

from .findings import Findings, error
from .integration import Integration

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SERVED = {
    f"{theme}{kind}{density}.png"
    for theme in ("", "dark_")
    for kind in ("icon", "logo")
    for density in ("", "@2x")
}


def check(integration: Integration) -> Findings:
    """Check that there is an icon, and names and sizes of all images."""
    folder = integration.folder / "brand"
    if not (folder / "icon.png").is_file():
        yield error("there is no brand/icon.png")
        return
    for path in sorted(folder.iterdir()):
        if path.name in SERVED:
            yield from _check_image(path)
        else:
            yield error(f"{path.name} is never served")


def _check_image(path: Path) -> Findings:
    """Check format and size of one image."""
    data = path.read_bytes()
    if not data.startswith(PNG_SIGNATURE):
        yield error(f"{path.name} is no PNG")
        return
    width, height = struct.unpack(">II", data[16:24])
    side = 512 if "@2x" in path.name else 256
    if "icon" in path.name and (width, height) != (side, side):
        yield error(f"{path.name} is {width}x{height}, not {side}x{side}")
    if "logo" in path.name and not side / 2 <= min(width, height) <= side:
        yield error(f"{path.name}: the shortest side is {min(width, height)}, not {side // 2} to {side}")
