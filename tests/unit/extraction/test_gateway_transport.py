"""Every transport fault, over real sockets: survived inside the attempt, or told apart by what to do next."""

import json
import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_gateway import (
    LIMITS,
    NIGHT,
    SENTINEL,
    TOKEN,
    Answer,
    Fault,
    ScriptedGateway,
    body,
    close_after,
    flipped,
    packed,
    reset_after,
    rows,
    stall_after,
    status,
    truncated_to,
)
from urllib3 import HTTPHeaderDict

from include.extraction.answers import Export, retry_after
from include.extraction.client import PROGRESS_BYTES, GatewayClient
from include.extraction.connections import certificates
from include.extraction.errors import ExtractionError, IncompleteExport, LandingError, Refusal, TransportError
from include.extraction.manifest import Manifest
from include.settings import Extraction, Gateway

PART = "part-0001.csv.gz"


@pytest.fixture
def gateway():
    return ScriptedGateway()


@pytest.fixture
def client(gateway):
    with gateway.running() as where, GatewayClient(where, LIMITS) as client:
        yield client


def fetch(client: GatewayClient, sink: Path) -> tuple[Export, Manifest]:
    """All of it, as `extract` does."""
    export = client.request_export("tecs_things", NIGHT, 1)
    client.wait_ready(export)
    manifest = client.manifest(export)
    for part in manifest.parts:
        client.download_part(export, part, sink / part.name)
    return export, manifest


def changing(gateway: ScriptedGateway, name: str, data: bytes) -> Fault:
    """The file on the gateway is replaced while the first answer is cut."""

    def fault(answer: Answer) -> None:
        answer.send, answer.end = 10, "close"
        gateway.parts[name], gateway.etag = data, '"v2"'

    return fault


def test_a_well_behaved_gateway_needs_no_patience(gateway, client, tmp_path):
    gateway.offer([rows(7), rows(5, 7)])
    export, manifest = fetch(client, tmp_path)
    assert export.export_id == "export-1"
    assert manifest.control_totals.rows == 12
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == gateway.parts
    assert (client.resumed, client.retried) == (0, {})
    assert {headers["authorization"] for _, _, headers in gateway.requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (reset_after(0), "reset"),
        (close_after(3), "reset"),
        (stall_after(0), "stall"),
        (status(429, Retry_After="0"), "429"),
        (status(503, Retry_After="0"), "503"),
        (status(500), "500"),
        (status(409), "409"),  # not ready, though the job said so
        (truncated_to(5), "unreadable"),
        (body(b'{"export_id": "\xff"}'), "unreadable"),
    ],
)
@pytest.mark.parametrize("kind", ["export", "job", "manifest"])
def test_a_fault_before_the_parts_is_survived(*, gateway, client, tmp_path, kind, fault, cause):
    gateway.faults[kind].append(fault)
    fetch(client, tmp_path)
    assert client.retried == {cause: 1}


@pytest.mark.parametrize(
    ("fault", "cause", "resumed"),
    [
        (reset_after(20), "reset", None),  # a reset may take bytes with it that had arrived
        (close_after(20), "reset", 1),
        (stall_after(20), "stall", 1),
        (truncated_to(20), "truncated", 1),
        (truncated_to(0), "truncated", 0),
        (flipped, "checksum", 0),
        (status(429, Retry_After="0"), "429", 0),
        (status(503, Retry_After="Sun, 06 Nov 1994 08:49:37 GMT"), "503", 0),
    ],
)
def test_a_fault_in_a_part_is_survived(*, gateway, client, tmp_path, fault, cause, resumed):
    gateway.faults["part"].append(fault)
    fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]
    assert client.retried == {cause: 1}
    assert resumed in (None, client.resumed)


def test_a_reset_is_a_reset_on_the_wire(gateway):
    gateway.faults["part"].append(reset_after(0))
    with gateway.running() as where, socket.create_connection(where.url.removeprefix("http://").split(":")) as line:
        line.sendall(
            f"GET /v1/exports/export-1/parts/{PART} HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        )
        with pytest.raises(ConnectionResetError):
            list(iter(lambda: line.recv(1 << 16), b""))


def test_a_resume_asks_for_the_missing_bytes_of_the_same_file(gateway, client, tmp_path):
    gateway.faults["part"].append(close_after(20))
    fetch(client, tmp_path)
    first, second = gateway.paths(PART)
    assert "range" not in first
    assert (second["range"], second["if-range"]) == ("bytes=20-", '"v1"')


def test_a_weak_etag_is_not_sent_as_if_range(gateway, client, tmp_path):
    gateway.etag = 'W/"v1"'
    gateway.faults["part"].append(close_after(20))
    fetch(client, tmp_path)
    assert "if-range" not in gateway.paths(PART)[1]
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]


def test_a_gateway_that_ignores_range_costs_a_restart_only(gateway, client, tmp_path):
    gateway.honours_range = False
    gateway.faults["part"].extend([close_after(20), close_after(30)])
    fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]
    assert client.resumed == 0


def test_a_file_that_changed_is_never_spliced(gateway, client, tmp_path):
    announced = gateway.parts[PART]
    stale = packed(rows(40, 500))
    gateway.parts[PART] = stale  # what is served first is not what was announced
    gateway.faults["part"].append(changing(gateway, PART, announced))
    fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == announced


def test_a_range_answer_of_another_file_is_not_appended(gateway, client, tmp_path):
    def other_file(answer: Answer) -> None:
        answer.headers["ETag"] = '"v2"'

    gateway.faults["part"].extend([close_after(20), other_file])
    fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]
    assert client.retried == {"reset": 1, "range": 1}


@pytest.mark.parametrize("span", ["bytes 19-99/100", "bytes x", ""])
def test_a_range_answer_from_elsewhere_is_not_appended(gateway, client, tmp_path, span):
    def elsewhere(answer: Answer) -> None:
        answer.headers["Content-Range"] = span

    gateway.faults["part"].extend([close_after(20), elsewhere])
    fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]
    assert client.retried == {"reset": 1, "range": 1}, "seen before a byte of it is taken"


def test_a_file_that_shrank_is_started_again(gateway, client, tmp_path):
    gateway.faults["part"].extend([close_after(20), status(416)])
    fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]


def test_a_break_after_the_last_byte_is_none(gateway, client, tmp_path):
    def unfinished(answer: Answer) -> None:
        answer.headers["Content-Length"] = str(len(answer.body) + 1)
        answer.end = "close"

    gateway.faults["part"].append(unfinished)
    fetch(client, tmp_path)
    assert (client.resumed, client.retried) == (0, {})


def test_no_more_than_the_announced_bytes_are_written(gateway, client, tmp_path):
    gateway.always["part"] = lambda answer: setattr(answer, "body", b"x" * (1 << 20))
    with pytest.raises(TransportError, match=r"\[checksum\]"):
        fetch(client, tmp_path)
    assert (tmp_path / PART).stat().st_size <= len(gateway.parts[PART])


@pytest.fixture(scope="module")
def cut_gateway():
    gateway = ScriptedGateway()
    gateway.offer([rows(2000)])
    with gateway.running() as where:
        yield gateway, where


CUT = st.builds(
    lambda how, count: how(count),
    st.sampled_from([reset_after, close_after, truncated_to]),
    st.integers(min_value=0, max_value=12_000),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(CUT | st.just(flipped), max_size=12), honours_range=st.booleans())
def test_any_sequence_of_cuts_ends_in_identical_bytes(cut_gateway, tmp_path, cuts, honours_range):
    gateway, where = cut_gateway
    gateway.honours_range = honours_range
    gateway.faults["part"].clear()
    gateway.faults["part"].extend(cuts)
    patient = Extraction(resumes=20, read_seconds=5, backoff_seconds=0, poll_seconds=0)
    with GatewayClient(where, patient) as client:
        fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]


def test_a_long_part_passes_over_a_line_that_breaks_more_often_than_the_tries(gateway, client, tmp_path):
    gateway.replace_part(PART, b"\0" * (20 * PROGRESS_BYTES))
    gateway.faults["part"].extend([close_after(PROGRESS_BYTES + 1)] * 18)
    fetch(client, tmp_path)
    assert (tmp_path / PART).read_bytes() == gateway.parts[PART]
    assert client.resumed == 18 > LIMITS.resumes


@pytest.mark.parametrize("fault", [close_after(1), flipped, truncated_to(0), status(503)])
def test_a_part_that_never_comes_whole_ends(gateway, client, tmp_path, fault):
    gateway.always["part"] = fault
    with pytest.raises(TransportError):
        fetch(client, tmp_path)
    assert len(gateway.paths(PART)) == LIMITS.resumes


def test_a_long_part_that_is_always_wrong_ends(gateway, client, tmp_path):
    gateway.replace_part(PART, b"\0" * (3 * PROGRESS_BYTES))
    gateway.always["part"] = flipped
    with pytest.raises(TransportError, match=r"gave up after \[8\] tries at \[checksum\]"):
        fetch(client, tmp_path)
    assert len(gateway.paths(PART)) == LIMITS.resumes + 1  # the first brought all there is to bring


def test_a_gateway_that_is_down_is_a_transport_error(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        where = Gateway(url=f"http://127.0.0.1:{taken.getsockname()[1]}", token=TOKEN)
        with GatewayClient(where, LIMITS) as client, pytest.raises(TransportError) as caught:
            client.request_export("tecs_things", NIGHT, 1)
    assert caught.value.cause == "unreachable"


def test_an_export_job_that_fails(gateway, client, tmp_path):
    gateway.states.append("failed")
    with pytest.raises(TransportError) as caught:
        fetch(client, tmp_path)
    assert caught.value.cause == "job_failed"


def test_an_export_job_that_never_ends(gateway, tmp_path):
    gateway.states.extend(["running"] * 10_000)
    with (
        gateway.running() as where,
        GatewayClient(where, Extraction(poll_seconds=0.001, job_seconds=0.05)) as client,
        pytest.raises(TransportError) as caught,
    ):
        fetch(client, tmp_path)
    assert caught.value.cause == "job_timeout"


@pytest.mark.parametrize("kind", ["job", "manifest"])
def test_a_gateway_that_lost_the_export(gateway, client, tmp_path, kind):
    gateway.always[kind] = status(404)
    with pytest.raises(TransportError) as caught:
        fetch(client, tmp_path)
    assert caught.value.cause == "lost"


def test_a_part_that_is_not_there_is_a_matter_of_content(gateway, client, tmp_path):
    gateway.parts.clear()
    with pytest.raises(IncompleteExport):
        fetch(client, tmp_path)


@pytest.mark.parametrize("code", [302, 400, 401, 403, 404, 422])
def test_a_refusal_is_not_tried_again(gateway, client, tmp_path, code):
    gateway.always["export"] = status(code, Location="http://127.0.0.1:1/")
    with pytest.raises(Refusal, match=rf"\[{code}\]"):
        fetch(client, tmp_path)
    assert len(gateway.requests) == 1


def test_an_expired_token_is_refused_and_not_printed(gateway):
    with gateway.running() as where:
        wrong = Gateway(url=where.url, token="expired-token")
        with GatewayClient(wrong, LIMITS) as client, pytest.raises(Refusal) as caught:
            client.request_export("tecs_things", NIGHT, 1)
    assert "[401]" in str(caught.value)
    assert "expired-token" not in str(caught.value)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A certificate of 127.0.0.1 that it signed itself, with its key; the client reads its certificates anew."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "agency")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "agency.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))
    certificates.cache_clear()
    yield path
    certificates.cache_clear()


@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_gateway_must_show_a_certificate_that_is_trusted(gateway, certificate, monkeypatch, is_trusted):
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with gateway.running(tls) as where, GatewayClient(where, LIMITS) as client:
        if is_trusted:
            assert client.request_export("tecs_things", NIGHT, 1).export_id == "export-1"
        else:
            with pytest.raises(TransportError, match=r"\[unreachable\]"):
                client.request_export("tecs_things", NIGHT, 1)


def test_a_proxy_that_the_environment_names_is_gone_through(gateway, monkeypatch):
    straight = gateway.answer
    monkeypatch.setattr(
        gateway, "answer", lambda method, url, *rest: straight(method, url.removeprefix("http://agency.test"), *rest)
    )
    monkeypatch.delenv("no_proxy", raising=False)
    with gateway.running() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//user:secret@"))
        with GatewayClient(Gateway("http://agency.test", TOKEN), LIMITS) as client:
            assert client.request_export("tecs_things", NIGHT, 1).export_id == "export-1"
    [(_, path, headers)] = gateway.requests
    assert path == "/v1/exports"
    assert headers["proxy-authorization"].startswith("Basic ")


def test_a_host_that_the_environment_exempts_is_reached_without_the_proxy(gateway, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # discard: nobody answers
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with gateway.running() as where, GatewayClient(where, LIMITS) as client:
        assert client.request_export("tecs_things", NIGHT, 1).export_id == "export-1"


@pytest.mark.parametrize(
    "where",
    [
        Gateway("ftp://agency", TOKEN),
        Gateway("agency:99999999", TOKEN),
        Gateway("http://", TOKEN),
        Gateway("http://agency", f"{TOKEN}\r\nX-Other: 1"),
        Gateway("http://agency", ""),
    ],
)
def test_an_address_or_token_that_cannot_work_is_refused(where):
    with pytest.raises(Refusal) as caught:
        GatewayClient(where, LIMITS)
    assert caught.value.cause == "setting"
    assert TOKEN not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("export_id", ["../../admin", "a/b", "", "..", "x" * 200, "a?b", "a\nb"])
def test_an_export_id_is_not_a_path(gateway, client, export_id):
    gateway.always["export"] = lambda answer: setattr(
        answer, "body", b'{"export_id": %s, "state": "ready"}' % json.dumps(export_id).encode()
    )
    with pytest.raises(Refusal, match=r"\[export_id\]"):
        client.request_export("tecs_things", NIGHT, 1)


def test_an_endless_answer_is_not_swallowed(gateway, client):
    gateway.always["export"] = body(b" " * (5 << 20))
    with pytest.raises(Refusal, match="more than"):
        client.request_export("tecs_things", NIGHT, 1)


def test_retry_after_is_waited_for(gateway, tmp_path):
    gateway.faults["export"].extend([status(503, Retry_After="2"), status(429, Retry_After="1")])
    pauses: list[float] = []
    with gateway.running() as where, GatewayClient(where, LIMITS, sleep=pauses.append) as client:
        client.request_export("tecs_things", NIGHT, 1)
    assert pauses == [2, 1]


def test_pauses_grow_with_jitter_up_to_the_ceiling(gateway):
    gateway.always["export"] = status(503)
    pauses: list[float] = []
    limits = Extraction(backoff_seconds=1, backoff_max_seconds=4, resumes=60)
    with (
        gateway.running() as where,
        GatewayClient(where, limits, sleep=pauses.append) as client,
        pytest.raises(TransportError),
    ):
        client.request_export("tecs_things", NIGHT, 1)
    assert len(pauses) == 59
    assert all(0 <= pause <= min(4, 2**n) for n, pause in enumerate(pauses))
    assert len(set(pauses)) > 30
    assert max(pauses) > 2


@pytest.mark.parametrize("value", ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_long_retry_after_is_left_to_the_task(gateway, client, value):
    gateway.always["export"] = status(503, Retry_After=value)
    with pytest.raises(TransportError, match="asks to wait") as caught:
        client.request_export("tecs_things", NIGHT, 1)
    assert caught.value.cause == "503"
    assert len(gateway.requests) == 1


@given(seconds=st.integers(min_value=-(10**6), max_value=10**6))
def test_retry_after_as_a_date_is_read_by_the_gateways_own_clock(seconds):
    its_now = datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)
    until = format_datetime(its_now + timedelta(seconds=seconds), usegmt=True)
    headers = HTTPHeaderDict({"Date": format_datetime(its_now, usegmt=True), "Retry-After": until})
    assert retry_after(headers) == max(0, seconds)


@given(value=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_any_retry_after_can_be_read(value):
    wait = retry_after(HTTPHeaderDict({"Retry-After": value}))
    assert wait is None or wait >= 0


@pytest.mark.parametrize("value", ["", "-1", "soon", "1.5", "9" * 5000, "Fri, 99 Foo 2100 99:99:99 GMT"])
def test_a_retry_after_that_means_nothing_is_no_wait(value):
    assert retry_after(HTTPHeaderDict({"Retry-After": value})) is None


def test_messages_are_one_line_and_quote_neither_token_nor_gateway(gateway, client, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    gateway.faults["manifest"].append(status(503))
    gateway.always["part"] = status(500)
    with pytest.raises(ExtractionError) as caught:
        fetch(client, tmp_path)
    message = str(caught.value)
    assert "dataset [tecs_things], interval [2014-09-30T00:00Z..2014-10-01T00:00Z], gateway [127.0.0.1:" in message
    assert "\n" not in message
    assert "trying again" in caplog.text
    for secret in (TOKEN, SENTINEL):
        assert secret not in message + caplog.text


def test_a_sink_that_cannot_be_written_is_a_landing_error(gateway, client, tmp_path):
    with pytest.raises(LandingError, match=r"\[ENOENT\]"):
        fetch(client, tmp_path / "not there")
