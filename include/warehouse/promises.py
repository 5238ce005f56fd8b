"""Views that follow from the contracts: the latest version of each record, and records that refer to none."""

from psycopg2 import sql

from include.contracts import Column, Contract, load_all
from include.contracts.model import Protection, references
from include.warehouse.connection import Cursor, query


def make_contract_views(cursor: Cursor) -> None:
    """`latest.*`; `report.orphan` and, for protected records, `report.protected_orphan`; `report.reference`."""
    for contract in load_all().values():
        key = sql.SQL(", ").join(map(sql.Identifier, contract.key))
        statement = sql.SQL(query("create_latest_view"))
        cursor.execute(statement.format(table=sql.Identifier(contract.record), key=key))
    promised = references()
    apart = {
        is_protected: [one for one in promised if (one[0].protection is not Protection.NONE) == is_protected]
        for is_protected in (False, True)
    }
    for view, template, about in (
        ("orphan", "select_orphans", apart[False]),
        ("protected_orphan", "select_orphans", apart[True]),
        ("reference", "select_reference", apart[False]),
    ):
        parts = sql.SQL(" union all ").join(_filled(template, *one) for one in about)
        made = sql.SQL(query("create_report")).format(view=sql.Identifier(view), query=parts)
        cursor.execute(made)
    cursor.execute(query("comment_promises"))


def _filled(template: str, contract: Contract, column: Column, other: Contract) -> sql.Composed:
    referring = "select_referring_key" if column.name in contract.key else "select_referring"
    return sql.SQL(query(template)).format(
        dataset=sql.Literal(contract.dataset),
        column_name=sql.Literal(column.name),
        other_dataset=sql.Literal(other.dataset),
        referring=sql.SQL(query(referring)).format(
            table=sql.Identifier(contract.record),
            key=_columns("record", contract),
            held_key=_columns("held", contract),
            one_key=_columns("one", contract),
            column=sql.Identifier(column.name),
            other=sql.Identifier(other.record),
            other_key=sql.Identifier(other.key[0]),
        ),
    )


def _columns(table: str, contract: Contract) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(table, name) for name in contract.key)
