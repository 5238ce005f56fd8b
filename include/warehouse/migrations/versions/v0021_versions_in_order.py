"""The unique index of versions has them in the order in which the latest one is looked for."""

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0019"

STATEMENTS = Path(__file__).parents[1] / "v0021"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Older code inserts versions by their key and their content alone."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
