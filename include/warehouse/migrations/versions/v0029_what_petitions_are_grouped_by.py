"""What petitions are grouped by is kept with each version of a petitioner, and indexed."""

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"

STATEMENTS = Path(__file__).parents[1] / "v0029"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """The columns, with their indexes."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
