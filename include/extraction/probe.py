"""What an agency would deliver, without fetching it: the control totals of an export."""

from include.contracts import Contract
from include.extraction.client import GatewayClient
from include.extraction.landing import Landing
from include.extraction.manifest import ControlTotals
from include.interval import Interval
from include.settings import Extraction, Gateway


def control_totals(
    contract: Contract, interval: Interval, *, gateway: Gateway, limits: Extraction, landing: Landing
) -> ControlTotals:
    """Ask for the export that the next attempt at the interval would fetch. Raises `TransportError`, `Refusal`."""
    with GatewayClient(gateway, limits) as client:
        export = client.request_export(contract.dataset, interval, landing.next_number(contract.dataset, interval))
        client.wait_ready(export)
        return client.manifest(export).control_totals
