"""Tests with a real browser; `nox -s browser` runs them, the default run does not."""
