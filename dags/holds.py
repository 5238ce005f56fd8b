"""A hold as Airflow's human-in-the-loop task: parked in `awaiting_input`, where it takes no worker and no trigger."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param

RELEASE, REJECT = "Release", "Reject"
PATIENCE = timedelta(hours=float(os.environ.get("CROSSCHECK_HOLD_HOURS", "72")))  # a weekend
# how often a parked request is looked at: is it cured, is it too late? Each look is a task of a second
LOOK = timedelta(seconds=float(os.environ.get("CROSSCHECK_HOLD_LOOK_SECONDS", "300")))


class HoldOperator(HITLOperator):
    """Asks whether a held dataset is released or rejected; ends by itself when a later attempt has cured it.

    The run's conf: `run` and `dataset`. Gives `outcome` (`release`, `reject`, `cured`), `decided_by`, `reason`. After
    `PATIENCE` the answer is a rejection.
    """

    def __init__(self, **kwargs: Any) -> None:
        said = "Goes into the ledger, with your name; no personal data. Without a reason the request comes back."
        reason = Param("", type="string", title="Reason", description=said)  # Airflow wants a default that is valid
        super().__init__(
            subject="A dataset is held",
            options=[RELEASE, REJECT],
            defaults=REJECT,
            params={"reason": reason},
            response_timeout=LOOK,
            **kwargs,
        )

    def execute(self, context: Context) -> Any:
        """Ask, unless there is nothing left to ask."""
        pipeline, settings, run, held = self._held(context)
        left = held.held_at + PATIENCE - datetime.now(UTC)
        if held.cured_by is not None:
            reason = "a later attempt brought what was short, and the gate let it through"
            return pipeline.decide(settings, run, held, "cured", f"run {held.cured_by}", reason)
        if left <= timedelta(0):
            return pipeline.decide(settings, run, held, "reject", "deadline", f"nobody answered within {PATIENCE}")
        self.subject, self.body = held.subject, held.shown
        self.response_timeout = min(LOOK, left)
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Somebody answered, or it is time to look again."""
        if "error" in event:
            self.process_trigger_event_error(event)
        reason = str((event["params_input"] or {}).get("reason") or "").strip()
        if event.get("timedout") or not reason:  # an answer without a reason is none: the request comes back
            return self.execute(context)
        pipeline, settings, run, held = self._held(context)
        if held.cured_by is not None:
            return self.execute(context)
        outcome = "release" if event["chosen_options"] == [RELEASE] else "reject"
        user = event["responded_by_user"] or {}
        return pipeline.decide(settings, run, held, outcome, str(user.get("name") or user.get("id")), reason)

    @staticmethod
    def _held(context: Context) -> tuple[Any, Any, Any, Any]:
        from dags.connections import settings
        from include import pipeline

        conf = context["dag_run"].conf
        run, place = pipeline.Run.from_dict(conf["run"]), settings()
        return pipeline, place, run, pipeline.hold(place, run, conf["dataset"], PATIENCE)
