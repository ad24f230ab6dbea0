"""Signed access tokens of app clients: they carry their world's name and end with its clock."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from understudy.state.world import World

LIFETIME_SECONDS = 1800
ISSUER = "understudy"
_ALGORITHM = "HS256"


def issue(client_id: str, world: World) -> str:
    """A token for a client, valid for `LIFETIME_SECONDS` of world time."""
    import jwt  # deferred: only worlds that use OAuth pay for it

    now = world.clock.millis() // 1000
    claims = {
        "sub": client_id,
        "iss": ISSUER,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "customer_id": "1",
        "world": world.name,
        "jti": world.ids.hexadecimal("token", 16),
    }
    return jwt.encode(claims, _key(world), algorithm=_ALGORITHM)


def verify(token: str, world: World) -> dict[str, Any] | None:
    """The claims of a token that this world signed and whose time has not come; None otherwise."""
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(world),
            algorithms=[_ALGORITHM],
            options={"verify_exp": False, "verify_iat": False, "require": ["sub", "exp", "world"]},
        )
    except (jwt.PyJWTError, RecursionError):
        return None
    alive = claims["world"] == world.name and world.clock.millis() < claims["exp"] * 1000
    return claims if alive else None


def world_of(token: str) -> str:
    """The world that a token names, before anything of it is trusted; "" when it names none."""
    import jwt

    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError):  # PyJWT reads JSON of any depth
        return ""
    name = claims.get("world", "")
    return name if isinstance(name, str) else ""


def _key(world: World) -> bytes:
    return blake2b(f"token:{world.seed}:{world.name}".encode(), digest_size=32).digest()
