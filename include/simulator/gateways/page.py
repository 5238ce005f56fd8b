"""The page of a gateway: what it served, what it injected, the plan in force. Counts and names; nobody's data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from include.simulator.gateways.plan import Rules
from include.simulator.rates import NO_RATES
from include.simulator.source import WorldOnDisk

SHOWN = 100  # lines of each list: more is what `/v1/served` and `/v1/faults` are for

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)


def render(
    agency: str,
    world: WorldOnDisk,
    served: Sequence[Mapping[str, Any]],
    injected: Sequence[Mapping[str, Any]],
    rules: Rules,
) -> str:
    """The page as HTML. Both lists: newest first."""
    return _templates.get_template("page.html").render(
        agency=agency.upper(),
        world=world,
        served=served[:SHOWN],
        injected=injected[:SHOWN],
        shown=SHOWN,
        exports=len(served),
        faults=len(injected),
        rates=[(name, rate) for name, rate in _rates(rules).items() if rate],
        rules=rules,
    )


def _rates(rules: Rules) -> dict[str, float]:
    """Rates by name; settings that are no rates are left out."""
    both = {**rules.transport.model_dump(), **rules.files.model_dump()}
    return {name: rate for name, rate in both.items() if name not in NO_RATES}
