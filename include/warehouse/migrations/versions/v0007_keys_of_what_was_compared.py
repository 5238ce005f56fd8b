"""Blocking keys of what has been compared: a night reads the versions that share one with its own, not all."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = Path(__file__).parents[1] / "v0007"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """The frontier stays: the run before this revision compares with all that is loaded."""
    op.drop_index("attempt_run", "attempt", schema="ops")
    op.drop_index("pair_run", "pair", schema="match")
    for table in ("petitioner_key", "persona_key", "model"):
        op.drop_table(table, schema="match")
