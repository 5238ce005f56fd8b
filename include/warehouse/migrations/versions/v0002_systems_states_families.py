"""Contracts 1.1: recording systems, record states, transfers, amendments, traffickers in a field; families of victims.

Versions that are held keep their content hash: a column that is empty is not part of it.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = Path(__file__).parents[1] / "v0002"

BEFORE = {  # table: its comment in 0001, and the columns that it did not have
    "tecs_alias": ("Contract tecs_aliases 1.0.", ["record_state"]),
    "tecs_arrest": ("Contract tecs_arrests 1.0.", ["record_state"]),
    "tecs_investigation": ("Contract tecs_investigations 1.0.", []),
    "tecs_involvement": ("Contract tecs_involvements 1.0.", ["record_state"]),
    "tecs_subject": ("Contract tecs_subjects 1.0.", ["system", "record_state"]),
    "uscis_beneficiary": ("Contract uscis_beneficiaries 1.0.", ["record_state"]),
    "uscis_petitioner": ("Contract uscis_petitioners 1.0.", ["record_state"]),
    "uscis_petition": (
        "Contract uscis_petitions 1.0.",
        ["system", "office", "amends_receipt_number", "beneficiary_count", "record_state"],
    ),
    "uscis_t_application": (
        "Contract uscis_t_applications 1.0. PROTECTED: 8 U.S.C. 1367.",
        ["system", "trafficker_name", "trafficker_date_of_birth", "trafficker_phone"],
    ),
}


def upgrade() -> None:
    """Run the statements in the order of their numbers."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """Drop the columns and the table, with what they hold.

    A version that filled these columns keeps the hash that speaks of them, so it counts as held when it is delivered
    again after an upgrade, and the columns stay empty. To have them back, go down to base and load anew.
    """
    op.drop_table("uscis_t_family_member", schema="record")
    for table, (comment, columns) in BEFORE.items():
        for column in columns:
            op.drop_column(table, column, schema="record")
        op.create_table_comment(table, comment, schema="record")
