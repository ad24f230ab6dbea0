"""Judging a server against a contract: what `understudy verify` does, whoever the server is."""
