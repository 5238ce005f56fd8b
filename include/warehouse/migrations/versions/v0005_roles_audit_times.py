"""Who may see what: roles, pseudonyms, the audit trail. When a version was known: indexes for records in two times."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0002"

STATEMENTS = Path(__file__).parents[1] / "v0005"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Drop the schemas, and with them the audit trail: copy `audit.access` away first.

    The roles stay: they belong to the whole server, and another warehouse may use them.
    """
    for schema in ("audit", "access"):
        op.get_bind().exec_driver_sql(f"drop schema {schema} cascade")
