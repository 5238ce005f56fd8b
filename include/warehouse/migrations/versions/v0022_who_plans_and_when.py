"""What masked reports ask of who plans a query, and of the moment at which protected records are looked at."""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"

STATEMENTS = Path(__file__).parents[1] / "v0022"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """The views that ask them are gone by then."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
