"""What an agency would deliver, without fetching it: the control totals of an export."""

from include.contracts import Contract
from include.extraction.client import GatewayClient
from include.extraction.extract import ask
from include.extraction.landing import COMPARED, Landing
from include.extraction.manifest import ControlTotals
from include.interval import Interval
from include.settings import Extraction, Gateway


def control_totals(
    contract: Contract, interval: Interval, *, gateway: Gateway, limits: Extraction, landing: Landing, run_id: int
) -> ControlTotals:
    """An attempt that fetches the manifest only. It takes a number, so that asking again is another attempt.

    Raises `TransportError`, `Refusal`, `LandingError`, and `NotReady` as `extract` does.
    """
    with landing.open_attempt(contract.dataset, interval, run_id) as attempt, GatewayClient(gateway, limits) as client:
        export = ask(client, attempt, contract.dataset, interval)
        totals = client.manifest(export).control_totals
        attempt.cause = COMPARED
    return totals
