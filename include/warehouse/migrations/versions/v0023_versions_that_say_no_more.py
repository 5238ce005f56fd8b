"""Of two versions of a subject the one that the other says in full has no say: which they are."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0027"

STATEMENTS = Path(__file__).parents[1] / "v0023"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Older code takes the best pair of all versions."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
