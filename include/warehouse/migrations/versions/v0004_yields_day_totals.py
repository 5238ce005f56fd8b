"""What each attempt was worth, per field; what is held of each day, as control totals count it."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = Path(__file__).parents[1] / "v0004"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Drop both tables. What a yield says is in the landing zone; the next loads count the days anew."""
    op.drop_table("day_total", schema="ops")
    op.drop_table("attempt_yield", schema="ops")
