"""Speak XML where JSON is the twin of it: scalars are attributes, lists repeat an element."""

from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element


def read_request(body: bytes) -> dict[str, Any]:
    """Return a request as its JSON twin; raises ValueError where it is none."""
    try:
        root = ET.fromstring(body)  # noqa: S314  # only tests speak to a simulator
    except ET.ParseError as err:
        raise ValueError("no XML") from err
    if root.tag != "request":
        raise ValueError("no request")
    parameters = root.find("parameters")
    named = {item.tag: _parameter(item) for item in parameters} if parameters is not None else {}
    return {"request": {"method": root.attrib["method"], "parameters": named}}


def _parameter(element: Element) -> str | list[str]:
    """Return text, or what repeats within a wrapper."""
    return [item.text or "" for item in element] if len(element) else element.text or ""


def write_response(answer: dict[str, Any]) -> bytes:
    """Return the XML twin of an answer."""
    root = Element("response")
    _fill(root, answer["response"])
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(element: Element, members: dict[str, Any]) -> None:
    for name, value in members.items():
        if not isinstance(value, dict | list):
            element.set(name, str(value))
            continue
        for item in value if isinstance(value, list) else [value]:
            child = Element(name)
            element.append(child)
            if isinstance(item, dict):
                _fill(child, item)
            else:
                child.text = str(item)
