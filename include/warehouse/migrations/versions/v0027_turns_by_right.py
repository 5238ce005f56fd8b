"""Runs take turns by the lock of a row that the pipeline alone may take."""

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0020"

STATEMENTS = Path(__file__).parents[1] / "v0027"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Older code takes turns by advisory locks."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
