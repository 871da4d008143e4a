"""Read what links and anchors a Markdown file has, the way GitHub does."""

from collections.abc import Iterator
from pathlib import Path
import re

_CODE = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


class Document:
    """One Markdown file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text()
        self._prose = _CODE.sub("", self.text)

    def links(self) -> Iterator[str]:
        """Yield the targets of all links and pictures."""
        for inline, attribute in _LINK.findall(self._prose):
            yield inline or attribute

    def anchors(self) -> set[str]:
        """Return what may follow the # in a link to this file."""
        return {_anchor(heading) for heading in _HEADING.findall(self._prose)}

    def mentions(self, text: str) -> bool:
        """Return whether a text occurs, whatever its case and wherever its lines are broken."""
        return " ".join(text.casefold().split()) in " ".join(self.text.casefold().split())


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    return _NOT_IN_ANCHORS.sub("", heading.casefold()).replace(" ", "-")
