"""The number of a version is indexed where something refers to it."""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0023"

STATEMENTS = Path(__file__).parents[1] / "v0025"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """The number of each version, as before."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
