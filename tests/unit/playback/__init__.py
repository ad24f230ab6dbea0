"""Tests of what is played."""
