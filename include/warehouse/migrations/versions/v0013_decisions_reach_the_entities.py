"""Decisions reach the entities; one frontier instead of two says what linking and resolving have seen."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = Path(__file__).parents[1] / "v0013"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Run the statements of `down/`. Changes for the reason `decided` are told as `link`: older code knows no other."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
