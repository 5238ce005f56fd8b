"""A decision keeps what the subject's group made of the pair when it was decided on."""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0017"

STATEMENTS = Path(__file__).parents[1] / "v0019"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Older code asks for no group. What was seen of it stays in the audit trail."""
    for path in sorted((STATEMENTS / "down").glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
