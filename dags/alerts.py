"""Who hears of a failure: the log always, people by mail if there is an SMTP connection `smtp_default`."""

import logging
import os
from typing import Any

from airflow.sdk import BaseNotifier, Context

log = logging.getLogger("crosscheck.alerts")


class FailureNotifier(BaseNotifier):
    """Says which task of which run failed, and where to look. No exception text: a mail leaves the house."""

    def notify(self, context: Context) -> None:
        """Log, and send a mail to `CROSSCHECK_ALERT_TO` if that and the connection are set."""
        instance = context.get("ti")
        what = (
            f"{instance.dag_id}.{instance.task_id}{_label(instance)}, run {instance.run_id}"
            if instance
            else str(context.get("dag_run"))
        )
        message = f"Crosscheck: {what} failed. The Grid shows the red task; its log says what to do next."
        log.error(message)
        recipient = os.environ.get("CROSSCHECK_ALERT_TO")
        if recipient:
            from airflow.providers.smtp.notifications.smtp import SmtpNotifier

            SmtpNotifier(
                to=recipient,
                from_email=os.environ.get("CROSSCHECK_ALERT_FROM", recipient),
                subject="Crosscheck: a task failed",
                html_content=message,
            ).notify(context)


def _label(instance: Any) -> str:
    """Which of the instances of a mapped task: its dataset."""
    label = getattr(instance, "rendered_map_index", None)
    return f" [{label}]" if label else ""
