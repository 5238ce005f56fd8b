"""What reviewers decide on a lead, each decision tied to its entry in the audit trail; when a pair was found."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = Path(__file__).parents[1] / "v0008"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Drop the table and the times. The decisions stay in the audit trail, as text."""
    op.drop_column("run", "matched_at", schema="match")
    op.drop_column("pair", "found_at", schema="match")
    op.drop_table("decision", schema="match")
    op.get_bind().exec_driver_sql("drop function match.refuse()")
    op.drop_constraint("access_kind", "access", schema="audit")
