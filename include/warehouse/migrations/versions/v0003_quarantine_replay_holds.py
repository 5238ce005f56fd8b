"""Quarantined rows sealed and replayed; decisions on holds.

Rows that an earlier release quarantined lie there in plain text, without the header that they need to be read again:
they are removed. Their bytes are in the landing zone; clearing `stage` of their night brings them back, sealed.
"""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = Path(__file__).parents[1] / "v0003"
BEFORE = Path(__file__).parents[1] / "v0001" / "19_quarantine_row.sql"
COMMENTS = {
    "tecs_investigation": "Contract tecs_investigations 1.1.",
    "tecs_subject": "Contract tecs_subjects 1.1.",
    "uscis_petition": "Contract uscis_petitions 1.1.",
    "uscis_petitioner": "Contract uscis_petitioners 1.1.",
}


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Sealed rows cannot be opened here and are removed, as above. The role stays: it belongs to the whole server."""
    op.drop_table("replay", schema="quarantine")
    op.drop_table("row", schema="quarantine")
    op.get_bind().exec_driver_sql(BEFORE.read_text(encoding="utf-8").replace("%", "%%"))
    op.get_bind().exec_driver_sql("revoke usage on schema quarantine from crosscheck_steward")
    op.drop_table("purge", schema="ops")
    for table, comment in COMMENTS.items():
        op.create_table_comment(table, comment, schema="record")
    op.drop_column("expectation_result", "attempt", schema="ops")
    op.get_bind().exec_driver_sql("delete from ops.expectation_result where success is null")
    op.alter_column("expectation_result", "success", nullable=False, schema="ops")
    op.drop_table("gate_decision", schema="ops")
    op.drop_column("gate", "decided_at", schema="ops")
    op.drop_column("run", "kind", schema="ops")
