"""The books, the record versions, the quarantine, the matches."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = Path(__file__).parents[1] / "v0001"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Drop the schemas. The role stays: roles belong to the whole server, and another warehouse may use it."""
    for schema in ("match", "quarantine", "record", "ops"):
        op.get_bind().exec_driver_sql(f"drop schema {schema} cascade")
