"""Who may use the control plane: whoever shows its token, and no page of another origin whatever it shows."""

from __future__ import annotations

import hmac
from typing import cast

from understudy.admin.plane import PlaneWorld
from understudy.engine.context import Call, Principal
from understudy.errors import ApiError, Forbidden, Unauthorized

SAME = (b"none", b"same-origin")
"""What a browser says of calls that are nobody else's."""


def authenticate(call: Call) -> Principal | ApiError:
    """The owner of the server: 403 for a page of another origin, 401 without the token.

    A page always says where it is from, so it stays out even when it knows the token.
    """
    if b"origin" in call.headers or call.headers.get(b"sec-fetch-site", b"none") not in SAME:
        return Forbidden("the control plane does not talk to web pages of other origins")
    scheme, _, presented = call.headers.get(b"authorization", b"").partition(b" ")
    call.credential = presented.strip().decode("latin-1")
    plane = cast(PlaneWorld, call.world).plane
    assert plane is not None
    right = hmac.compare_digest(presented.strip(), plane.token.encode())
    if scheme.lower() != b"bearer" or not right:
        return Unauthorized("send Authorization: Bearer <admin token>; the start banner shows it")
    return Principal("owner", "token")
