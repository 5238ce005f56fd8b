"""One attempt: ask for an export, wait, fetch it, compare it with its control totals, land it."""

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

from include.contracts import Contract
from include.extraction.answers import Export
from include.extraction.client import GatewayClient
from include.extraction.errors import IncompleteExport, Refusal, storage
from include.extraction.landing import Attempt, Landing
from include.extraction.manifest import Manifest, PartEntry
from include.extraction.receipt import Receipt
from include.extraction.tally import Tally, shortfalls, tally
from include.interval import Interval
from include.settings import Extraction, Gateway


def extract(
    contract: Contract,
    interval: Interval,
    *,
    gateway: Gateway,
    limits: Extraction,
    landing: Landing,
    run_id: int,
    last_try: bool,
) -> Receipt:
    """Land one attempt at the interval's export and return its receipt.

    Raises `TransportError`, `Refusal` or `LandingError` with nothing landed; `NotReady` while the agency is at work:
    the next call of the same run goes on with the attempt. Raises `IncompleteExport` with the attempt landed, what
    there is of it, unless `last_try`: then the receipt is returned with `complete` false. A gateway that is slow
    without ever stalling is bounded by the task's own timeout only.
    """
    with landing.open_attempt(contract.dataset, interval, run_id) as attempt, GatewayClient(gateway, limits) as client:
        export = ask(client, attempt, contract.dataset, interval)
        manifest = client.manifest(export)
        _check_version(contract, manifest, export)
        attempt.require(sum(part.bytes for part in manifest.unique_parts))
        columns = [column.source for column in contract.columns]
        tallies = _fetch(client, export, manifest, attempt.folder, columns=columns, limits=limits)
        short = shortfalls(manifest, columns, tallies)
        if not manifest.control_totals.rows:
            short += _not_yet_believed(landing.receipts(contract.dataset, interval, run_id))
        receipt = _receipt(client, attempt, manifest, tallies, short)
        attempt.land(manifest, receipt)
    if not receipt.complete and not last_try:
        raise IncompleteExport(
            f"{export}: attempt [{attempt.number}] lacks [{len(receipt.shortfalls)}] things, first: "
            f"{receipt.shortfalls[0]}; it is kept, the task's next try asks again"
        )
    return receipt


def ask(client: GatewayClient, attempt: Attempt, dataset: str, interval: Interval) -> Export:
    """The export of an attempt, ready: asked for, or gone on with if the attempt waited for it before."""
    if attempt.export_id:
        export = client.known_export(dataset, interval, attempt.export_id)
    else:
        export = client.request_export(dataset, interval, attempt.number)
    client.wait_ready(export, attempt.age())
    return export


def _check_version(contract: Contract, manifest: Manifest, export: Export) -> None:
    if manifest.contract_version.split(".")[0] != contract.major:
        raise Refusal(
            f"{export}: exports by contract [{manifest.contract_version}], ours is [{contract.version}]; "
            "compare the two and raise ours",
            "contract",
        )


def _fetch(
    client: GatewayClient,
    export: Export,
    manifest: Manifest,
    folder: Path,
    *,
    columns: Sequence[str],
    limits: Extraction,
) -> dict[str, Tally]:
    """Every part that the gateway has, on disk and counted, by name, a few at a time."""

    def fetch(part: PartEntry) -> Tally | None:
        sink = folder / part.name
        with storage(folder, str(export)):
            try:
                client.download_part(export, part, sink)
            except IncompleteExport:  # announced and not there: a shortfall, the others may be worth having
                sink.unlink()
                return None
            counted = tally(sink, columns, limits, str(export))
            if not counted.is_packed:  # nobody can unpack it
                sink.unlink()
        return counted

    with ThreadPoolExecutor(limits.parts_at_once, "part") as pool:
        fetched = {part.name: pool.submit(fetch, part) for part in manifest.unique_parts}
        try:
            done, _ = wait(fetched.values(), return_when=FIRST_EXCEPTION)
            counted = {name: future.result() for name, future in fetched.items() if future in done}
        except BaseException:
            pool.shutdown(cancel_futures=True)  # the attempt has failed: what has not begun is not fetched
            raise
    return {name: found for name, found in counted.items() if found is not None}


def _not_yet_believed(earlier: Sequence[Receipt]) -> list[str]:
    """A night without a row and an extract that ran before its table was filled look alike: more attempts must say so
    than say otherwise."""
    empty = sum(receipt.announced == 0 for receipt in earlier)
    filled = sum(bool(receipt.announced) for receipt in earlier)
    if empty > filled:
        return []
    return [f"no row is announced; so said [{empty}] earlier attempts, otherwise [{filled}]"]


def _receipt(
    client: GatewayClient, attempt: Attempt, manifest: Manifest, tallies: dict[str, Tally], short: list[str]
) -> Receipt:
    held = [part for part in manifest.unique_parts if part.name in tallies and tallies[part.name].is_packed]
    parts = tuple(part.model_copy(update={"rows": tallies[part.name].rows}) for part in held)
    return Receipt(
        dataset=manifest.dataset,
        interval_start=manifest.updated_from,
        interval_end=manifest.updated_until,
        attempt=attempt.number,
        run_id=attempt.run_id,
        path=attempt.path,
        parts=parts,
        rows=sum(part.rows for part in parts),
        announced=manifest.control_totals.rows,
        bytes=sum(part.bytes for part in parts),
        contract_version=manifest.contract_version,
        started_at=attempt.started_at,
        finished_at=datetime.now(UTC),
        resumed=client.resumed,
        retried=dict(client.retried),
        complete=not short,
        shortfalls=tuple(short),
    )
