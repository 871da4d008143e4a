"""Give out access tokens and know whom they belong to."""

from secrets import token_urlsafe
from typing import Any

from ...common.clock import Clock
from ..exchange import Identity

LIFETIME = 3600
# Signed tokens carry their contents in them, so they are long.
TOKEN_BYTES = 400


class TokenStore:
    """Keep access tokens until they expire, and refresh tokens until they are used."""

    def __init__(self, clock: Clock) -> None:
        self.lifetime = LIFETIME
        self._clock = clock
        self._access: dict[str, tuple[Identity, float]] = {}
        self._refresh: dict[str, Identity] = {}

    def issue(self, identity: Identity, *, refreshable: bool = True) -> dict[str, Any]:
        """Give out an access token, with a refresh token if it may be renewed."""
        access = token_urlsafe(TOKEN_BYTES)
        self._access[access] = (identity, self._clock.time() + self.lifetime)
        fields = {
            "access_token": access,
            "expires_in": self.lifetime,
            "scope": "",
            "token_type": "Bearer",
        }
        if refreshable:
            fields["refresh_token"] = refresh = token_urlsafe(TOKEN_BYTES)
            self._refresh[refresh] = identity
        return fields

    def identity(self, access: str) -> Identity | None:
        """Return who holds an access token that is still good."""
        identity, expiry = self._access.get(access, (None, 0.0))
        return identity if expiry > self._clock.time() else None

    def renew(self, refresh: str) -> Identity | None:
        """Use up a refresh token."""
        return self._refresh.pop(refresh, None)

    def revoke_all(self, *, refresh: bool = True) -> None:
        """Make all access tokens, and the refresh tokens too unless told otherwise, worthless."""
        self._access.clear()
        if refresh:
            self._refresh.clear()
