"""Versions are numbered by the thousand: a load does not ask the sequence for each row."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0010"

STATEMENTS = Path(__file__).parents[1] / "v0012"
TABLES = [
    *("tecs_alias", "tecs_arrest", "tecs_investigation", "tecs_involvement", "tecs_subject"),
    *("uscis_beneficiary", "uscis_petition", "uscis_petitioner", "uscis_t_application", "uscis_t_family_member"),
]


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """One number at a time, as before."""
    for table in TABLES:
        op.get_bind().exec_driver_sql(f"alter table record.{table} alter version_id set cache 1")
