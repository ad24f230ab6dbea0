"""Identifiers and secrets of a world: counted, seeded, never random."""

from __future__ import annotations

from hashlib import blake2b

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class Ids:
    """Makes identifiers as a function of (seed, kind, how many of that kind there were).

    Args:
        seed: the seed of the world.
        world: name of the world; two worlds of one seed make different secrets.
        counters: how many of each kind were made so far; replaced, never shared.
    """

    __slots__ = ("counters", "seed", "world")

    def __init__(self, seed: int, world: str = "", counters: dict[str, int] | None = None) -> None:
        self.seed = seed
        self.world = world
        self.counters: dict[str, int] = counters or {}

    def next(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        number = self.counters.get(kind, 0) + 1
        self.counters[kind] = number
        return number

    def count(self, kind: str) -> int:
        """How many of a kind there were so far."""
        return self.counters.get(kind, 0)

    def numbered(self, prefix: str) -> str:
        """`crp_1`, `crp_2`, ..."""
        return f"{prefix}_{self.next(prefix)}"

    def hexadecimal(self, kind: str, length: int) -> str:
        """Hex digits that depend on the seed and the count of this kind."""
        return self._digest(kind, self.next(kind)).hex()[:length]

    def uuid(self, prefix: str) -> str:
        """`job_` and a string of the form of a UUID."""
        h = self._digest(prefix, self.next(prefix)).hex()
        return f"{prefix}_{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}"

    def uuid7(self, kind: str, millis: int) -> str:
        """A UUID of version 7: `millis` since the epoch in front, so that ids sort by their time."""
        h = self._digest(kind, self.next(kind)).hex()
        t = f"{millis & 0xFFFFFFFFFFFF:012x}"
        return f"{t[:8]}-{t[8:]}-7{h[13:16]}-a{h[17:20]}-{h[20:32]}"

    def secret(self, prefix: str, length: int = 34) -> str:
        """A credential that no other world makes: prefix and characters; `World.credential` tells it."""
        kind = f"secret:{prefix}"
        number = int.from_bytes(self._digest(f"{self.world}:{kind}", self.next(kind)))
        characters = []
        for _ in range(length):
            number, digit = divmod(number, len(ALPHABET))
            characters.append(ALPHABET[digit])
        return prefix + "".join(characters)

    def _digest(self, kind: str, number: int) -> bytes:
        return blake2b(f"{self.seed}:{kind}:{number}".encode(), digest_size=32).digest()
