"""The content hash of a version has 16 bytes."""

from pathlib import Path

from alembic import op

revision = "0028"
down_revision = "0025"

STATEMENTS = Path(__file__).parents[1] / "v0028"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """All 32 bytes again, which follow from what is kept of a version."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
