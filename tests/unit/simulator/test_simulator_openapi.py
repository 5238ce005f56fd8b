"""The gateway answers as its OpenAPI description says, to what the description allows and to what it does not."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from include.simulator.gateways.plan import Rules
from include.simulator.rates import Files, Transport
from tests.unit.simulator.conftest import TOKEN, client, fetch, served

START, END = "2014-09-30T00:00:00Z", "2014-10-01T00:00:00Z"
PLAN = Rules(
    transport=Transport(unavailable=0.2, too_many_requests=0.2, part_missing=0.3, part_twice=0.3, job_failed=0.3),
    files=Files(columns_shifted=0.5, totals_disagree=0.5),
)
METHODS = ("get", "put", "post")
Operation = tuple[str, str]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def gateway(clean: Path) -> Iterator[httpx.Client]:
    with served(clean, "uscis", PLAN) as url, client(url) as http:
        yield http


@pytest.fixture(scope="module")
def description(gateway: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = gateway.get("/openapi.json").json()
    return found


def operations(description: dict[str, Any]) -> list[Operation]:
    return [(method, path) for path, known in description["paths"].items() for method in METHODS if method in known]


def validator(description: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": description["components"]})


def inputs(description: dict[str, Any], schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema allows; of an unconstrained text, also ones that the gateway knows."""
    if "$ref" in schema:
        return inputs(description, description["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of([inputs(description, option) for option in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    low, high = schema.get("minimum", 0), schema.get("maximum", 10)
    makers: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "object": lambda: objects(description, schema),
        "array": lambda: st.lists(inputs(description, schema["items"]), max_size=2),
        "string": lambda: texts(schema),
        "integer": lambda: st.integers(low, high),
        "number": lambda: st.floats(low, high),
        "boolean": st.booleans,
        "null": st.none,
    }
    return makers[schema["type"]]()


def objects(description: dict[str, Any], schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    values = {name: inputs(description, inner) for name, inner in schema["properties"].items()}
    required = {name: values.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=values)


def texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.sampled_from([START, END, "2014-09-29T00:00:00+00:00", "2014-09-30T00:00:00", "yesterday"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    return st.sampled_from(["uscis_petitions", "tecs_*", "x"]) | st.text(min_size=schema.get("minLength", 0))


def body_schema(description: dict[str, Any], operation: Operation) -> dict[str, Any] | None:
    method, path = operation
    body = description["paths"][path][method].get("requestBody")
    return None if body is None else body["content"]["application/json"]["schema"]


def spoiled(body: Any, choice: st.DataObject) -> Any:
    """The body with one key replaced by anything, removed, or a key more."""
    if not isinstance(body, dict) or not body:
        return choice.draw(anything)
    key = choice.draw(st.sampled_from(sorted(body)))
    without = {name: value for name, value in body.items() if name != key}
    return choice.draw(
        st.sampled_from([without, {**body, choice.draw(st.text()): 1}]) | anything.map(lambda v: {**without, key: v})
    )


def check(description: dict[str, Any], operation: Operation, answer: httpx.Response) -> None:
    """Status and body are documented."""
    method, path = operation
    documented = description["paths"][path][method]["responses"]
    assert str(answer.status_code) in documented, (operation, answer.status_code, answer.text[:300])
    content = documented[str(answer.status_code)].get("content", {})
    kind = answer.headers["content-type"].split(";")[0]
    assert kind in content
    if kind == "application/json":
        validator(description, content[kind]["schema"]).validate(answer.json())
    if answer.status_code >= 400:
        assert len(answer.json()["error"].splitlines()) == 1


def send(http: httpx.Client, operation: Operation, path: str, body: bytes | None, **headers: str) -> httpx.Response:
    kind = {} if body is None else {"Content-Type": "application/json"}
    return http.request(operation[0].upper(), path, content=body, headers={**kind, **headers})


def test_the_description_is_complete(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert len(operations(description)) == 11
    for method, path in operations(description):
        operation = description["paths"][path][method]
        assert operation["description"]
        assert ("401" in operation["responses"]) == (path not in {"/", "/health"})
        for documented in operation["responses"].values():
            for content in documented["content"].values():
                Draft202012Validator.check_schema(content["schema"])
    Draft202012Validator.check_schema({"$defs": description["components"]["schemas"]})


def test_without_a_token_every_operation_but_the_open_ones_is_401(
    gateway: httpx.Client, description: dict[str, Any]
) -> None:
    for operation in operations(description):
        answer = send(gateway, operation, operation[1], b"{}" if operation[0] != "get" else None, Authorization="")
        check(description, operation, answer)
        assert (answer.status_code == 401) == (operation[1] not in {"/", "/health"})
        assert TOKEN not in answer.text


@settings(max_examples=200, deadline=None)
@given(choice=st.data())
def test_every_answer_is_documented(gateway: httpx.Client, description: dict[str, Any], choice: st.DataObject) -> None:
    operation = choice.draw(st.sampled_from(operations(description)))
    schema = body_schema(description, operation)
    body, is_valid = None, True
    if schema is not None:
        value = choice.draw(inputs(description, schema))
        value = spoiled(value, choice) if choice.draw(st.booleans()) else value
        is_valid = validator(description, schema).is_valid(value)
        body = json.dumps(value).encode()
    jobs = gateway.get("/v1/served").json()
    known = [job["export_id"] for job in jobs] + ["nothing"]
    export_id = choice.draw(st.sampled_from(known) | st.text(min_size=1).filter(lambda text: "/" not in text))
    name = choice.draw(st.sampled_from(["part-0001.csv.gz", "nothing"]))
    path = operation[1].format(export_id=quote(export_id, safe=""), name=name)
    if (path.rstrip("/") != path and path != "/") or "/." in path:  # another path, once the client has tidied it up
        return
    headers = {"Range": choice.draw(st.sampled_from(["", "bytes=5-", "bytes=0-9", "bytes=99999999-", "lines=1"]))}
    answer = send(gateway, operation, path, body, **headers)
    check(description, operation, answer)
    assert is_valid or 400 <= answer.status_code < 500


def test_a_whole_story_is_documented(gateway: httpx.Client, description: dict[str, Any]) -> None:
    gateway.put("/v1/plan", json={}).raise_for_status()
    delivery = fetch(gateway, "uscis_petitions", START, END, attempt=77)
    story = [
        (("get", "/v1/exports/{export_id}"), "", {}, 200),
        (("get", "/v1/exports/{export_id}/manifest"), "/manifest", {}, 200),
        (("get", "/v1/exports/{export_id}/parts/{name}"), "/parts/part-0001.csv.gz", {}, 200),
        (("get", "/v1/exports/{export_id}/parts/{name}"), "/parts/part-0001.csv.gz", {"Range": "bytes=9-"}, 206),
        (("get", "/v1/exports/{export_id}/parts/{name}"), "/parts/part-0001.csv.gz", {"Range": "bytes=9999999-"}, 416),
    ]
    for operation, what, headers, status in story:
        answer = send(gateway, operation, f"{delivery.path}{what}", None, **headers)
        check(description, operation, answer)
        assert answer.status_code == status


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe{", b"null", b"[]", b'"x"', b'{"dataset": "\\ud800"}', b"[" * 9999]
)
def test_a_body_that_is_no_json_object_is_refused(
    gateway: httpx.Client, description: dict[str, Any], body: bytes
) -> None:
    answer = send(gateway, ("post", "/v1/exports"), "/v1/exports", body)
    check(description, ("post", "/v1/exports"), answer)
    assert answer.status_code in {400, 422}
