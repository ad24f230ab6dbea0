"""Servers with one fault each, to measure how many of them the layers of `understudy verify` find."""
