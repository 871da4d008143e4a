"""Run a JavaScript program of a server in an engine that reaches nothing but that server."""

from .engine import Limits
from .errors import EngineMissing, HostError, ScriptBreach, ScriptError
from .host import ScriptHost

__all__ = ["EngineMissing", "HostError", "Limits", "ScriptBreach", "ScriptError", "ScriptHost"]
