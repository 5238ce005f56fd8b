"""What groups made of pairs is kept when it changes: what was so at a moment of the past can be asked."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0022"

STATEMENTS = Path(__file__).parents[1] / "v0020"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Older code knows the present alone."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
