"""Who may see what: roles, pseudonyms, the audit trail. When a version was known: its load time, and its load
without a check for each row."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = Path(__file__).parents[1] / "v0005"
TABLES = [
    *("tecs_alias", "tecs_arrest", "tecs_investigation", "tecs_involvement", "tecs_subject"),
    *("uscis_beneficiary", "uscis_petition", "uscis_petitioner", "uscis_t_application", "uscis_t_family_member"),
]


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
    for table in TABLES:
        op.drop_column(table, "loaded_at", schema="record")
        op.get_bind().exec_driver_sql(f"drop trigger known_load on record.{table}")
        op.drop_index(f"{table}_load", schema="record")
        op.create_index(f"{table}_load", table, ["load_id"], schema="record")
        op.create_foreign_key(
            f"{table}_load_id_fkey",
            table,
            "load",
            ["load_id"],
            ["load_id"],
            source_schema="record",
            referent_schema="ops",
        )
    op.get_bind().exec_driver_sql("drop function record.refuse_unknown_load")
