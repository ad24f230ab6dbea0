"""Scenarios: files that say what happens in a world, for the calls that they are about."""
