"""What is known of a subject weighs, too: groups, and the weak pairs that they may lift."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0014"

STATEMENTS = Path(__file__).parents[1] / "v0016"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Run the statements of `down/`. Older code knows no pair below review."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
