"""Common blocking keys are refined, none is dropped: a matching run says how many pairs each rule made."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

STATEMENTS = Path(__file__).parents[1] / "v0006"


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Back to a list of dropped keys, empty: the counts by rule are lost."""
    op.drop_column("run", "candidates", schema="match")
    op.add_column("run", sa.Column("dropped_blocks", JSONB, nullable=False, server_default="[]"), schema="match")
