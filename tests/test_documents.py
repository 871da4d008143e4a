"""Test that the documents lead somewhere, and leave out nothing that people can see or use."""

import json
from pathlib import Path
import re
import struct
from typing import Any

import pytest

from custom_components.pbx.hub.issues import LEARN_MORE
from tests.markdown import Document

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
IMAGES = DOCS / "images"
FILES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted(DOCS.glob("*.md")),
    *sorted(DOCS.glob("coverage/*.md")),
]
TEXTS: dict[str, Any] = json.loads((REPOSITORY / "custom_components/pbx/translations/en.json").read_text())
OPTIONS = ("options", "dialing", "asterisk", "axeos", "innovaphone", "ipcortex", "switchvox")
MOST_BYTES = 150_000
WIDEST = 1280
ON_GITHUB = "https://github.com/ha-pbx/ha-pbx/blob/main/"


def document(name: str) -> Document:
    """Return one of the documents."""
    return Document(DOCS / f"{name}.md")


def missing(texts: set[str], *in_documents: str) -> set[str]:
    """Return the texts that none of the documents mentions."""
    read = [document(name) for name in in_documents]
    return {text for text in texts if not any(found.mentions(text) for found in read)}


def leads_somewhere(file: Path, link: str) -> bool:
    """Return whether a link of a file leads to a file that exists, and to a heading of it."""
    path, _, anchor = link.partition("#")
    target = (file.parent / path).resolve() if path else file
    return target.exists() and (not anchor or anchor in Document(target).anchors())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_links(file: Path) -> None:
    """Every relative link leads to a file and a heading that exist."""
    links = [link.removeprefix(ON_GITHUB) for link in Document(file).links()]
    relative = [link for link in links if "://" not in link]
    assert [link for link in relative if not leads_somewhere(file, link)] == []


def test_index() -> None:
    """The index of the documents leads to all of them."""
    links = {link.partition("#")[0] for link in document("README").links()}
    assert {file.name for file in DOCS.glob("*.md")} - links == {"README.md"}


def test_security_is_shown_by_tests() -> None:
    """Every test that the page on security names exists in the file it leads to."""
    named = re.findall(r"\[`(test_\w+)`\]\(([^)]+)\)", document("security").text)
    assert len(named) > 40
    lacking = [
        f"{path} {name}"
        for name, path in named
        if re.search(rf"def {name}\(", (DOCS / path).read_text()) is None
    ]
    assert lacking == []


def test_repairs_lead_to_a_document() -> None:
    """What a repair message offers to read is there."""
    assert leads_somewhere(REPOSITORY / "README.md", LEARN_MORE.removeprefix(ON_GITHUB))


@pytest.mark.parametrize("picture", sorted(IMAGES.glob("*.png")), ids=lambda file: file.stem)
def test_pictures(picture: Path) -> None:
    """A picture is small, and some document shows it."""
    data = picture.read_bytes()
    (width,) = struct.unpack(">I", data[16:20])
    assert width <= WIDEST
    assert len(data) < MOST_BYTES
    assert any(link.endswith(f"images/{picture.name}") for file in FILES for link in Document(file).links())


def test_entities() -> None:
    """Every entity is described, with all of its attributes."""
    entities = [entity for platform in TEXTS["entity"].values() for entity in platform.values()]
    attributes = {f"`{name}`" for entity in entities for name in entity.get("state_attributes", {})}
    named = {entity["name"] for entity in entities}
    assert missing(named | attributes - {"`event_type`"}, "entities") == set()


@pytest.mark.parametrize(
    ("section", "name"), [("services", "actions"), ("triggers", "triggers"), ("conditions", "conditions")]
)
def test_automations(section: str, name: str) -> None:
    """Every action, trigger and condition is described, with all of its fields."""
    wanted = {f"`pbx.{key}`" for key in TEXTS[section]}
    fields = {f"`{field}`" for item in TEXTS[section].values() for field in item.get("fields", {})}
    assert missing(wanted | fields, name) == set()


def test_options() -> None:
    """Every option is described, here or with its system, and every section."""
    sections = TEXTS["options"]["step"]["init"]["sections"]
    labels = {label for section in sections.values() for label in section["data"].values()}
    assert missing(labels | {section["name"] for section in sections.values()}, *OPTIONS) == set()


def test_repairs() -> None:
    """Every repair message is quoted."""
    titles = {re.sub(r"^\{name\}:? ", "", issue["title"]) for issue in TEXTS["issues"].values()}
    assert missing(titles, "troubleshooting") == set()


def test_files() -> None:
    """The architecture names every file of the integration and of what all protocols share."""
    folder = REPOSITORY / "custom_components/pbx"
    folders = [found for found in folder.iterdir() if (found / "__init__.py").exists()]
    files = [file for found in (folder, *folders) for file in found.glob("*.py")]
    wanted = {f"`{file.name}`" for file in files if file.stem != "__init__"}
    wanted |= {f"`{found.name}/`" for found in folders}
    assert missing(wanted, "architecture") == set()
