"""How two sides of a contract have moved apart: spec and spec, answers and spec, target and stand-in."""
