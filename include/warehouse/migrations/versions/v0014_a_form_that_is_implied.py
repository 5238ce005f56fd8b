"""Contract uscis_petitions 1.3: a form that cannot be read follows from the visa class."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

STATEMENTS = Path(__file__).parents[1] / "v0014"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """The versions that were loaded stay: they are like any other."""
    op.create_table_comment("uscis_petition", "Contract uscis_petitions 1.2.", schema="record")
