"""The published faults of other mock servers and of what such servers are built from, in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Thread(NamedTuple):
    """One published fault: where it was, and what happened."""

    number: int
    product: str
    happened: str


THREADS = (
    Thread(1, "Mockoon", "the admin API had no login and answered every web page"),
    Thread(2, "Mockoon", "a path made from the request read any file"),
    Thread(
        3, "mockd", "whoever came from loopback was trusted, and what ended like an asset needed no login"
    ),
    Thread(4, "Hoverfly", "the admin API took the name of a program to run"),
    Thread(5, "Hoverfly", "a WebSocket with logs lay outside the login"),
    Thread(6, "Hoverfly", "an uploaded simulation named files of the server"),
    Thread(7, "Hoverfly", "requests at the same time broke a shared map and ended the process"),
    Thread(8, "Hoverfly", "outgoing calls without a deadline piled up"),
    Thread(9, "WireMock", "the rules about targets were forgotten for some of the outgoing calls"),
    Thread(10, "WireMock", "a name was resolved twice, and its second address was not checked"),
    Thread(11, "WireMock", "answers of the admin API let every page read them"),
    Thread(12, "MockServer", "a web page posted a script, and the server ran it"),
    Thread(13, "Microcks", "an import fetched any address"),
    Thread(14, "LocalStack", "a name reached a shell"),
    Thread(15, "LocalStack", "certificates were not checked"),
    Thread(16, "mitmproxy", "its own proxy led to its own control interface"),
    Thread(17, "mitmproxy", "a name rebound to loopback reached its control interface"),
    Thread(18, "mitmproxy", "one request was read as two"),
    Thread(19, "MCP Python SDK", "Host and Origin were not checked, later forgotten for WebSockets"),
    Thread(20, "MCP Python SDK", "a session was found by its id, whoever asked"),
    Thread(21, "webpack-dev-server", "GET changed state, and a bad Host ended the process"),
    Thread(22, "Starlette", "forms and ranges cost memory and time without bound; Host made up addresses"),
    Thread(23, "python-multipart", "forms cost time without bound, and names of files were paths"),
    Thread(24, "Granian", "a strange WebSocket header ended a worker"),
    Thread(25, "Jinja2", "templates left their sandbox"),
    Thread(26, "protobuf", "limits of nesting were passed by"),
    Thread(27, "PyYAML", "loading a file ran code"),
    Thread(28, "openapi-python-client", "texts of a contract became code"),
    Thread(29, "aimock", "a journal without bound, and credentials in it"),
    Thread(30, "WireMock, MockServer", "memory grew with every request"),
    Thread(31, "vcrpy", "recordings held secrets that were thought to be filtered"),
    Thread(32, "LocalStack", "saved state was lost, or only fit the release that wrote it"),
    Thread(33, "Prism", "deep contracts took an hour, or all memory"),
)

NOT_APPLICABLE: Mapping[int, str] = {}
"""The threads that cannot happen here, with the reason; a test of the nearest thing is better."""
