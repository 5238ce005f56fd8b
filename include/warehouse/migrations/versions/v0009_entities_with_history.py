"""Who is one person: links inside a system, cut links, and every change of an entity."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = Path(__file__).parents[1] / "v0009"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """The history of entities is lost; `match.entity` stays, and the next run makes it anew."""
    for table in ("entity_change", "cut", "linked", "link"):
        op.drop_table(table, schema="match")
    for function in ("received_from", "received_to"):
        op.get_bind().exec_driver_sql(f"drop function access.{function}")
