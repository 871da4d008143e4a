"""Answer the requests of the v1 API, of which only a few are publicly known."""

from . import endpoints, socket, token
from .access import V1_PATHS, authenticate_v1, refuse_v1

V1_ENDPOINTS = (*token.ENDPOINTS, *endpoints.ENDPOINTS, *socket.ENDPOINTS)

__all__ = ["V1_ENDPOINTS", "V1_PATHS", "authenticate_v1", "refuse_v1"]
