"""Understudy: a stateful, deterministic stand-in for the Vectara and AIVAX HTTP APIs."""

__version__ = "0.1.0"
