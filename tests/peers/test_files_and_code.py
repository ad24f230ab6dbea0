"""Files that a request could name, programs that it could start, code that it could become."""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import yaml

from tests.peers.talking import KEY, OPENAI_KEY, OWNER, ROOT, Watched, calls, imported, port_of
from understudy.admin import API
from understudy.engine import spec
from understudy.playback import yaml_text
from understudy.settings import data_directory

SPELLINGS = 5000
SHELL = {**OPENAI_KEY, "x-shell-user-id": "u"}


def spellings(planted: Path) -> list[str]:
    """Ways to write the path of a file that is there, and of others that may be."""
    dots = (
        "../",
        "..\\",
        "..%2f",
        "..%5c",
        "%2e%2e/",
        "%2e%2e%2f",
        "....//",
        "..;/",
        "..%252f",
        "..%c0%af",
        "./../",
        "/../",
    )
    starts = (
        "",
        "/",
        "\\",
        "file://",
        "~/",
        "C:\\",
        "//",
        "\\\\?\\",
        "shell/",
        "quickstart/",
        "\u2025/",
        "a/b/",
    )
    ends = (
        "planted.yaml", "planted", "planted.yaml\0", "planted.yaml%00", "planted.yml", "planted.yaml/",
        "planted.yaml ",
        "etc/passwd", "proc/self/environ", "fixtures/vectara/empty.yaml", "PLANTED.YAML", "planted.yaml?x",
        "CON", "nul.txt",
    )  # fmt: skip
    made = [
        str(planted),
        planted.as_uri(),
        str(planted.with_suffix("")),
        os.path.relpath(planted, ROOT),
        "planted.yaml",
    ]
    for depth, start, dot, end in itertools.product((1, 0, 2, 7), starts, dots, ends):
        made.append(start + dot * depth + end)
    return list(dict.fromkeys(made))[:SPELLINGS]


class Line:
    """One connection that is kept, as a client of the standard library has it."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port_of(url), timeout=30)

    def send(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, bytes]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        types = {} if isinstance(body, bytes) else {"content-type": "application/json"}
        self._connection.request(method, path, content if body is not None else None, {**types, **headers})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self._connection.close()


def named(line: Line, text: str, number: int) -> Iterator[tuple[int, bytes]]:
    """Name a file in every place of a request that could lead to one."""
    world = "/_understudy/worlds/default"
    yield line.send("PUT", f"{world}/scenario", OWNER, {"scenario": text})
    yield line.send("POST", "/_understudy/worlds", OWNER, {"name": "w", "fixture": text})
    document = {"understudy_scenario": 1, "api": "vectara", "description": "d", "fixture": text, "rules": []}
    yield line.send("POST", "/_understudy/worlds", OWNER, {"name": "w", "document": document})
    path = quote(text, safe="")
    yield line.send("GET", f"/api/v1/shell/io/file?path={path}", SHELL)
    yield line.send("GET", f"/_understudy/worlds/{path}/snapshot", OWNER)
    if number % 10 == 0:
        yield line.send("POST", f"/api/v1/shell/io/file?path={path}", SHELL, b"x")
        yield line.send("GET", f"/v2/corpora/{path}", KEY)
    if number % 50 == 0:
        name = text.encode().replace(b"\0", b"").replace(b"\r", b"")
        head = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\nShips.\r\n--x--\r\n'
            % name
        )
        form = {**KEY, "content-type": "multipart/form-data; boundary=x"}
        yield line.send("POST", "/v2/corpora/handbook/upload_file", form, head)
        yield line.send("POST", "/v2/agents/front-desk/sessions/monday/artifacts", form, head)


def foreign(opened: list[str]) -> list[str]:
    """Files outside of Python, of this package and of the devices."""
    homes = (sys.prefix, sys.base_prefix, str(ROOT / "src"), str(ROOT / "specs"), str(ROOT / "fixtures"),
    str(ROOT / "scenarios"),
             *(one for one in sys.path if one and Path(one) not in (ROOT, ROOT / "tests")), "/dev/null",
             "/dev/urandom", "/usr/share/zoneinfo", "/etc/localtime", "/usr/lib",
             "/proc/self/statm")  # fmt: skip
    paths = [one.strip("b'\"") for one in opened]
    known = ("sitecustomize", "__pycache__", "events")
    return [
        one
        for one in paths
        if not one.startswith(homes)
        and one != tempfile.gettempdir()  # a temporary file without a name
        and not one.isdigit()
        and not any(part in one for part in known)
    ]


def test_b1_02_mockoon_a_path_from_the_request_reads_a_file(watched: Watched, tmp_path: Path) -> None:
    planted = tmp_path / "planted.yaml"
    planted.write_text("corpora:\n  - {key: planted}\n")
    line = Line(watched.url)
    tried = spellings(planted)
    assert len(tried) == SPELLINGS
    for number, text in enumerate(tried):
        for status, told in named(line, text, number):
            assert status < 500, (text, status, told)
            assert b"root:" not in told
            if status == 201 and b'"name":"w"' in told:
                assert b"planted" not in told
                line.send("DELETE", "/_understudy/worlds/w", OWNER)
    line.close()
    assert foreign(watched.events("open", "os.listdir", "os.scandir")) == []


def test_b1_06_hoverfly_an_upload_names_a_file(watched: Watched, tmp_path: Path) -> None:
    """A scenario or a snapshot that comes over HTTP names no file, whatever it calls it."""
    planted = tmp_path / "planted.yaml"
    planted.write_text("corpora:\n  - {key: planted}\n")
    scene = tmp_path / "scene.yaml"
    scene.write_text("understudy_scenario: 1\napi: vectara\ndescription: d\nrules: []\n")
    with httpx.Client(base_url=f"{watched.url}/_understudy/worlds", headers=OWNER) as owner:
        rule = {"name": "r", "when": {"operation": "listCorpora"}}
        for answer in ({"body_file": str(planted)}, {"$ref": planted.as_uri()}, {"file": str(planted)}):
            document = {
                "understudy_scenario": 1,
                "api": "vectara",
                "description": "d",
                "rules": [{**rule, "then": {"answer": answer}}],
            }
            assert owner.put("/default/scenario", json={"document": document}).status_code == 400
        saved = owner.get("/default/snapshot").json()
        played = {"faults": [], "scene": {"state": "start", "played": {}}}
        for changes, status in (
            ({"fixture": str(planted)}, 200),
            ({"scenario": str(scene)}, 200),
            ({"scenario": str(scene), "play": played}, 404),
        ):
            assert owner.put("/default/snapshot", json={**saved, **changes}).status_code == status
            assert owner.get("/default/snapshot", params={"start": True}).status_code == 200
            assert owner.get("/default/diff").json() == {"changes": []}
            assert owner.post("/default/reset").status_code == 200
            told = httpx.get(f"{watched.url}/v2/corpora", headers=KEY).json()
            assert [corpus["key"] for corpus in told["corpora"]] == ["handbook"]
    assert foreign(watched.events("open")) == []


def properties(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else ()
        for one in schema.values():
            yield from properties(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from properties(one)


def test_b1_04_hoverfly_the_control_plane_names_a_program(watched: Watched) -> None:
    contract = spec.load(data_directory("specs") / API.name)
    names = set(properties(contract))
    assert "fixture" in names
    speaking = re.compile(
        r"command|binary|module|(?<!de)script|exec|middleware|plugin|callback|webhook|env|url|file"
    )
    assert [name for name in sorted(names) if speaking.search(name.lower())] == []
    for extra in ("middleware", "binary", "script", "module"):
        body = {"name": "w", extra: "/bin/sh"}
        answer = httpx.post(f"{watched.url}/_understudy/worlds", headers=OWNER, json=body)
        assert (answer.status_code, extra in answer.text) == (400, True)


def test_b1_14_localstack_a_name_reaches_a_shell(watched: Watched) -> None:
    for text in ("$(touch x)", "`id`", "a; id", "a|id", "a\nid", "-rf", "${IFS}id"):
        for path in ("worlds", "worlds/default/fork"):
            told = httpx.post(f"{watched.url}/_understudy/{path}", headers=OWNER, json={"name": text})
            assert told.status_code == (400 if text != "-rf" else 201), told.text
            httpx.delete(f"{watched.url}/_understudy/worlds/{quote(text)}", headers=OWNER)
    assert watched.events("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn") == []
    shells = [
        (name, called)
        for name, called, node in calls()
        if re.search(r"os\.(system|popen|exec|spawn)|getoutput", called)
        or any(one.arg == "shell" for one in node.keywords)
    ]
    assert shells == []


def test_b1_25_jinja2_a_template_leaves_its_sandbox(watched: Watched) -> None:
    """No engine that others wrote is here; ours reads no attributes of Python, and ends."""
    assert [
        name for name, what in imported() if re.match(r"jinja2|mako|chameleon|tornado|django", what)
    ] == []
    hostile = (
        "{{ ''.__class__.__mro__ }}", "$x.getClass().forName('os')", "#set($a = $request.__globals__)$a",
        "#foreach($i in [1..100000])#foreach($j in [1..100000])x#end#end", "#evaluate('$x')",
        "#include('/etc/passwd')",
    )  # fmt: skip
    for text in hostile:
        rendered = {"generation_preset_name": "mockingbird-2.0", "prompt_template": text}
        body = {"query": "How many days?", "generation": rendered}
        told = httpx.post(f"{watched.url}/v2/corpora/handbook/query", headers=KEY, json=body, timeout=20)
        assert told.status_code < 500, told.text
        assert len(told.content) < 1_000_000
        assert "class 'str'" not in told.text
    assert foreign(watched.events("open")) == []


SAFE_LOADERS = (["_Loader"], ["_Reader"])
"""How safe loaders are called here."""


def test_b1_27_pyyaml_loading_a_file_runs_code(tmp_path: Path) -> None:
    loaders = [
        (name, ast.unparse(node))
        for name, called, node in calls()
        if called
        in ("yaml.load", "yaml.load_all", "yaml.compose", "yaml.parse", "yaml.unsafe_load", "yaml.full_load")
        and [ast.unparse(one.value) for one in node.keywords if one.arg == "Loader"]
        not in (["_Loader"], ["_Reader"])
    ]
    assert loaders == []
    assert issubclass(yaml_text._Reader, yaml.SafeLoader | yaml.CSafeLoader)
    made = {ast.unparse(node.value) for _, tree in _assigned("_Loader") for node in [tree] if node.value}
    assert made == {"getattr(yaml, 'CSafeLoader', yaml.SafeLoader)"}
    mark = tmp_path / "mark"
    evil = f'!!python/object/apply:os.system ["touch {mark}"]'
    fixture, scene, contract = (tmp_path / f"{name}.yaml" for name in ("fixture", "scene", "contract"))
    fixture.write_text(f"corpora:\n  - {{key: {evil}}}\n")
    scene.write_text(f"understudy_scenario: 1\napi: vectara\ndescription: {evil}\nrules: []\n")
    contract.write_text(f"openapi: 3.0.3\ninfo: {evil}\npaths: {{}}\n")
    for command in (
        ("serve", "--port", "0", "--fixture", str(fixture)),
        ("serve", "--port", "0", "--scenario", str(scene)),
        ("spec", "diff", str(contract), "vectara"),
    ):
        done = started(*command)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert not mark.exists()


def _assigned(name: str) -> Iterator[tuple[str, ast.AnnAssign]]:
    from tests.peers.talking import trees

    for module, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
                yield module, node


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "understudy", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_b1_28_openapi_python_client_a_contract_becomes_code(tmp_path: Path) -> None:
    """Code is run in one place, which is behind walls; modules are imported by names of our own alone."""
    running = {
        (name, called)
        for name, called, _ in calls()
        if called in ("exec", "eval", "compile", "__import__", "builtins.exec", "builtins.eval")
    }
    assert running == {("sandbox/child.py", "compile"), ("sandbox/child.py", "exec")}
    mark = tmp_path / "mark"
    name = f'x"""\nimport os; os.system("touch {mark}")\n"""'
    operation = {"operationId": name, "tags": [name], "responses": {"200": {"description": name}}}
    contract = {
        "openapi": "3.0.3",
        "info": {"title": name, "version": name},
        "paths": {f"/{name}": {"get": operation}},
        "components": {"schemas": {name: {"type": "object", "properties": {name: {"default": name}}}}},
    }
    file = tmp_path / "contract.json"
    file.write_text(json.dumps(contract))
    done = started("spec", "diff", str(file), "aivax")
    assert done.returncode in (1, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert not mark.exists()


def test_b1_32_localstack_state_is_lost_or_of_one_release(watched: Watched) -> None:
    """State is JSON with a version; what is torn or newer is refused, and changes nothing."""
    assert [
        pair for pair in imported() if re.match(r"pickle|marshal|shelve|dill|cloudpickle|joblib", pair[1])
    ] == []
    path = f"{watched.url}/_understudy/worlds/default/snapshot"
    with httpx.Client(headers={**OWNER, "content-type": "application/json"}) as owner:
        httpx.post(f"{watched.url}/v2/corpora", headers=KEY, json={"key": "kept"})
        whole = owner.get(path).content
        saved = json.loads(whole)
        assert owner.put(path, content=whole).status_code == 200
        newer = [json.dumps({**saved, "understudy_snapshot": version}) for version in (0, 2, "1", None)]
        less = [
            json.dumps({k: v for k, v in saved.items() if k != name}) for name in ("clock", "tables", "seed")
        ]
        torn = [whole[: len(whole) * part // 7] for part in range(1, 7)]
        for content in (*newer, *less, *torn, b"\x80\x04\x95.", b"null", b"[]"):
            assert owner.put(path, content=content).status_code == 400, content[:200]
        assert owner.get(path).json() == saved


@pytest.mark.parametrize("form", ["yaml", "json", "aliases", "references", "chain"])
def test_b1_33_prism_a_deep_contract_takes_all_time(tmp_path: Path, form: str) -> None:
    """Depth has a bound, and what is below it is read; a contract is refused in one line."""
    head = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}
    file = tmp_path / "contract.json"
    told = "nests"
    if form == "yaml":
        file = tmp_path / "contract.yaml"
        file.write_text("openapi: 3.0.3\nx: " + "[" * 200_000 + "]" * 200_000)
    elif form == "json":
        file.write_text('{"openapi": "3.0.3", "x": ' + "[" * 200_000 + "]" * 200_000 + "}")
    elif form == "aliases":
        file, told = tmp_path / "contract.yaml", "aliases"
        levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
        file.write_text(f"openapi: 3.0.3\na0: &a0 [x]\n{levels}\npaths: {{}}\n")
    elif form == "references":
        told = "leads nowhere"
        loop = {"a": {"$ref": "#/components/schemas/b"}, "b": {"$ref": "#/components/schemas/a"}}
        used = {"200": {"description": "d", "content": {"application/json": {"schema": loop["a"]}}}}
        paths = {"/v2/corpora": {"get": {"operationId": "listCorpora", "responses": used}}}
        file.write_text(json.dumps({**head, "paths": paths, "components": {"schemas": loop}}))
    else:
        told = ""
        names = [f"s{n}" for n in range(3000)]
        chain: dict[str, Any] = {
            name: {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/{after}"}}}
            for name, after in zip(names, [*names[1:], names[0]], strict=True)
        }
        file.write_text(json.dumps({**head, "components": {"schemas": chain}}))
    done = started("spec", "diff", str(file), "vectara")
    assert "Traceback" not in done.stderr, done.stderr
    assert told in done.stdout + done.stderr
    assert done.returncode == (0 if form == "chain" else 2)
