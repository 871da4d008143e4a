"""Say which PBX this is."""

from collections.abc import Mapping

from ..model import PbxInfo
from .numbers import Node
from .settings import InnovaphoneSettings


def pbx_info(settings: InnovaphoneSettings, system: Mapping[str, str], node: Node) -> PbxInfo:
    """Return the PBX by its domain and name; where it tells neither it is named by address and login.

    The id of its database would do as well, but a restore from backup replaces that.
    """
    domain, name = system.get("domain"), system.get("pbx")
    known = domain is not None and name is not None
    version = " ".join(filter(None, (system.get("version"), system.get("build"))))
    return PbxInfo(
        id=f"{domain}/{name}" if known else f"{settings.host}:{settings.port}/{settings.name}",
        provisional=not known,
        name=f"{name} ({domain})" if known else settings.host,
        manufacturer="innovaphone",
        version=version or None,
        url=settings.web_url,
        dialing=node.dialing,
    )
