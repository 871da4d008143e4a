"""Render answers as JSON, or as the XML that the vendor calls obsolete."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import web

from .exchange import Answer

JSON_TYPE = "application/json"
XML_TYPE = "application/xml"


def wanted_type(suffix: str | None, accept: str) -> str:
    """Return the format a client asks for: by suffix, by Accept header, else JSON."""
    if suffix:
        return XML_TYPE if suffix == ".xml" else JSON_TYPE
    accepted = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    known = [content_type for content_type in accepted if content_type in {JSON_TYPE, XML_TYPE}]
    return known[0] if known else JSON_TYPE


def render(answer: Answer, content_type: str) -> web.Response:
    """Turn an answer into a response."""
    if content_type == XML_TYPE:
        root = ET.Element("response")
        _fill(root, answer.data)
        body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    else:
        body = json.dumps(answer.data, ensure_ascii=False).encode()
    return web.Response(
        status=answer.status, body=body, content_type=content_type, charset="utf-8", headers=answer.headers
    )


def _fill(element: ET.Element, value: Any) -> None:
    """Put a value into an element; null becomes an empty string."""
    if isinstance(value, dict):
        for name, item in value.items():
            _fill(ET.SubElement(element, name), item)
    elif isinstance(value, list):
        for item in value:
            _fill(ET.SubElement(element, "item"), item)
    else:
        element.text = "" if value is None else str(value)
