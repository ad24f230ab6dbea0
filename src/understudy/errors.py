"""Every error of the product, in one tree.

    UnderstudyError
    ├── SetupError                 our own trouble: a bad file, flag or state of the machine
    │   ├── NotThere               a world, fault or scenario that there is not
    │   ├── WorldNameError         a name that no world can have
    │   └── SpecError              a contract that cannot be served
    └── ApiError                   a refusal in the words of the API that is being stood in for
        ├── BadRequest             400   names the fields
        ├── Unauthorized           401
        ├── PaymentRequired        402
        ├── Forbidden              403
        ├── NotFound               404   names the id
        ├── MethodNotAllowed       405   carries the methods that are allowed
        ├── DeadlineExceeded       408
        ├── Conflict               409
        ├── TooLarge               413
        ├── UnsupportedMedia       415
        ├── Unprocessable          422
        ├── TooManyRequests        429
        ├── InternalFault          500
        ├── NotPlayed              501   in the contract, not acted yet
        └── Unavailable            503

`ApiError` says what, which and what would work; `apis/<api>/errors.py` decides the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class UnderstudyError(Exception):
    """The root: nothing else is raised on purpose."""


class SetupError(UnderstudyError):
    """One line for the user of the tool: what is wrong, where, and the cure.

    Args:
        message: what is wrong and what would be right.
        where: file, `file:line` or flag that holds the fault.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, where: str | None = None) -> None:
        super().__init__(f"{where}: {message}" if where else message)


class NotThere(SetupError):
    """A world, fault, scenario or file that there is not."""


class WorldNameError(SetupError):
    """A name that no world can have."""


class SpecError(SetupError):
    """A contract that cannot be served as it is written."""


class ApiError(UnderstudyError):
    """A refusal of one request.

    Args:
        message: what was refused, which thing it concerns, what would work.
        headers: extra response headers, names in lower case.
    """

    status: ClassVar[int] = 500

    def __init__(self, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers: Mapping[str, str] = headers or {}

    @property
    def messages(self) -> list[str]:
        """The texts of the answer, one thought each."""
        return [self.message]


class BadRequest(ApiError):
    """400. `fields` maps a dotted path that begins with its location (`body.search.limit`) to a text."""

    status = 400

    def __init__(self, fields: Mapping[str, str] | None = None, message: str | None = None) -> None:
        self.fields: Mapping[str, str] = fields or {}
        self._stated = message
        super().__init__(message or "the request is not valid")

    @property
    def messages(self) -> list[str]:
        if self._stated is not None:
            return [self._stated]
        return [f"{path}: {text}" for path, text in self.fields.items()] or [self.message]


class Unauthorized(ApiError):
    """401: no credential, or one that nobody knows."""

    status = 401


class PaymentRequired(ApiError):
    """402: the account has not the means."""

    status = 402


class Forbidden(ApiError):
    """403: a known credential without the right."""

    status = 403


class NotFound(ApiError):
    """404. `id` is the identifier that leads nowhere."""

    status = 404

    def __init__(self, message: str, id: str | None = None) -> None:
        super().__init__(message)
        self.id = id


class MethodNotAllowed(ApiError):
    """405: the path exists, the method does not."""

    status = 405

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(
            f"method {method} is not allowed here, {', '.join(allowed)} would be",
            headers={"allow": ", ".join(allowed)},
        )


class DeadlineExceeded(ApiError):
    """408: the latency of this world is longer than the caller was willing to wait."""

    status = 408


class Conflict(ApiError):
    """409: taken, busy or already done; nothing was changed."""

    status = 409


class TooLarge(ApiError):
    """413: the body is over the limit."""

    status = 413


class UnsupportedMedia(ApiError):
    """415: the body is of a kind that the operation does not take."""

    status = 415


class Unprocessable(ApiError):
    """422: well formed, yet it cannot be acted on."""

    status = 422


class TooManyRequests(ApiError):
    """429: try again later; `retry-after` says when."""

    status = 429


class InternalFault(ApiError):
    """500: a fault of Understudy itself, worded for the person who runs it."""

    status = 500


class NotPlayed(ApiError):
    """501: the contract has this operation, Understudy does not act it yet."""

    status = 501


class Unavailable(ApiError):
    """503: too much at once."""

    status = 503
