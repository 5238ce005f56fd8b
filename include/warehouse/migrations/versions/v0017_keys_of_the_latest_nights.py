"""Keys of the latest nights beside those of all years, in whose index the versions are."""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = Path(__file__).parents[1] / "v0017"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Older code looks for keys in one table."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
