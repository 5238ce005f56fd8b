"""What a gateway may announce: hostile, absurd and foreign manifests are refused, additions are ignored."""

import json
from typing import Any

import pytest
from pydantic import ValidationError
from scripted_gateway import LIMITS, NIGHT, ScriptedGateway, rows

from include.extraction.client import GatewayClient
from include.extraction.errors import Refusal
from include.extraction.manifest import Manifest

OTHER = "1999-01-01T00:00:00Z"
SHA = "0" * 64
HOSTILE: dict[str, tuple[str, Any]] = {
    "a path": ("parts.0.name", "../../etc/cron.d/part-0001.csv.gz"),
    "an absolute path": ("parts.0.name", "/part-0001.csv.gz"),
    "a line break": ("parts.0.name", "part-0001.csv.gz\n"),
    "another kind of file": ("parts.0.name", "receipt.json"),
    "digits that are not ASCII": ("parts.0.name", "part-٠٠٠١.csv.gz"),
    "a NUL": ("parts.0.name", "part-0001\0.csv.gz"),
    "negative rows": ("parts.0.rows", -1),
    "rows as text": ("parts.0.rows", "7"),
    "rows as truth": ("parts.0.rows", True),
    "rows with a fraction": ("parts.0.rows", 7.5),
    "no bytes": ("parts.0.bytes", 0),
    "a hash that is none": ("parts.0.sha256", "ABC"),
    "a hash in capitals": ("parts.0.sha256", SHA.replace("0", "A")),
    "parts as one": ("parts", {"name": "part-0001.csv.gz"}),
    "no totals": ("control_totals", None),
    "a total below zero": ("control_totals.non_blank", {"ID": -1}),
    "a version that is none": ("contract_version", "one"),
    "a time without zone": ("updated_from", "2014-09-30T00:00:00"),
    "more rows than anyone has": ("parts.0.rows", 10**18),
    "more rows in total than anyone has": ("control_totals.rows", 10**18),
    "a part of an exabyte": ("parts.0.bytes", 1 << 60),
    "another dataset": ("dataset", "tecs_others"),
    "another period": ("updated_from", OTHER),
    "another export": ("export_id", "export-2"),
}


def changed(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    content = json.loads(json.dumps(content))
    *steps, last = path.split(".")
    place: Any = content
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return content


def test_a_manifest_that_cannot_be_meant_is_refused_in_one_line():
    gateway = ScriptedGateway()
    good = gateway.manifest
    with gateway.running() as where, GatewayClient(where, LIMITS) as client:
        export = client.request_export("tecs_things", NIGHT, 1)
        for name, (path, value) in HOSTILE.items():
            gateway.manifest = changed(good, path, value)
            with pytest.raises(Refusal) as caught:
                client.manifest(export)
            message = str(caught.value)
            assert "\n" not in message, name
            assert not isinstance(value, str) or len(value) < 4 or value not in message, name
        assert not client.retried
        gateway.manifest = good
        assert client.manifest(export).parts[0].rows == 7


def test_nothing_may_be_announced():
    """A quiet night: no row, and no value in any column."""
    content = changed(changed(ScriptedGateway().manifest, "parts.0.rows", 0), "control_totals", {"rows": 0})
    content["control_totals"]["non_blank"] = {"ID": 0}
    assert Manifest.model_validate_json(json.dumps(content)).control_totals.non_blank == {"ID": 0}


def test_keys_we_do_not_know_are_ignored():
    gateway = ScriptedGateway()
    content = gateway.manifest | {"signed_by": "somebody"}
    content["parts"][0]["compressed_with"] = "zopfli"
    assert Manifest.model_validate_json(json.dumps(content)).parts[0].name == "part-0001.csv.gz"


@pytest.mark.parametrize("key", ["export_id", "dataset", "contract_version", "updated_from", "parts", "control_totals"])
def test_keys_we_need_are_needed(key):
    content = ScriptedGateway().manifest
    del content[key]
    with pytest.raises(ValidationError):
        Manifest.model_validate_json(json.dumps(content))


def test_parts_are_unique_by_name_and_sorted():
    gateway = ScriptedGateway()
    gateway.offer([rows(1), rows(1, 1), rows(1, 2)])
    one, two, three = gateway.manifest["parts"]
    gateway.manifest["parts"] = [three, one, two, one | {"sha256": SHA}]
    manifest = Manifest.model_validate_json(json.dumps(gateway.manifest))
    assert manifest.repeated == ["part-0001.csv.gz"]
    assert [part.model_dump() for part in manifest.unique_parts] == [one, two, three]


def test_limits_hold_at_their_edge():
    manifest = Manifest.model_validate_json(json.dumps(ScriptedGateway().manifest))
    part = manifest.parts[0]
    assert manifest.excess(type(LIMITS)(max_rows=7, max_part_bytes=part.bytes)) is None
    assert "[7] rows, the limit is [6]" in str(manifest.excess(type(LIMITS)(max_rows=6)))
    assert f"[{part.bytes}] bytes" in str(manifest.excess(type(LIMITS)(max_part_bytes=part.bytes - 1)))
