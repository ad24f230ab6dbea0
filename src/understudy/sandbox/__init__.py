"""The code of callers, run behind walls (ADR 10).

`running` is the side of the server; `child`, `walls` and `language` are what runs in the process apart, with
nothing but the standard library at hand. Nothing here runs unless a server is started with `--allow-lambda`.
"""
