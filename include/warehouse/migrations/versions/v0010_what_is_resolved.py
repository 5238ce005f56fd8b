"""Which loads the entities take into account: a run that finds nothing new does not resolve again."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = Path(__file__).parents[1] / "v0010"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """The next run resolves once more than it need."""
    op.drop_table("resolved", schema="match")
