"""Where each column of a view takes its values from, read from the catalog.

PostgreSQL keeps a view as its parsed query (`pg_rewrite.ev_action`), with every name resolved. The text form of that
tree is the same grammar in all versions: `{NODE :field value ...}`, `(list)`, `<>` for nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from include.warehouse.connection import Cursor, query

Source = tuple[str, str, str]  # schema, table, column
Table = tuple[str, str]  # schema, table or view

WORD = re.compile(r"[(){}]|(?:\\.|[^\s(){}\\])+")
BOOLEAN = "16"  # oid of the type
RELATION, SUBQUERY = "0", "1"  # RTEKind, <nodes/parsenodes.h>
IS_TRUTH = {"0", "1", "2", "3"}  # SubLinkType, <nodes/primnodes.h>: EXISTS, ALL, ANY (which is IN), row comparison
TRUTHS = {"BOOLEXPR", "NULLTEST", "BOOLEANTEST", "SCALARARRAYOPEXPR", "DISTINCTEXPR", "ROWCOMPAREEXPR"}
CALLS = {  # what calls a function, and where it names it
    "FUNCEXPR": "funcid",
    "AGGREF": "aggfnoid",
    "WINDOWFUNC": "winfnoid",
    **dict.fromkeys(("OPEXPR", "DISTINCTEXPR", "NULLIFEXPR", "SCALARARRAYOPEXPR"), "opfuncid"),
}
FIRST_OF_USERS = 16384  # oids below belong to PostgreSQL itself


class LineageError(RuntimeError):
    """A view that cannot be traced. One line: view, what, what to do."""


@dataclass
class Catalog:
    """The views of a warehouse and what they stand on."""

    columns: dict[int, list[str]]  # by relation, in order of their number; dropped ones are empty
    names: dict[int, Table]
    types: dict[Source, str]
    trees: dict[int, Any] = field(repr=False)  # by view: its parsed query
    counts: set[str]  # functions whose result says how many, not which
    harmless: set[str]  # functions of ours that read no record

    @cached_property
    def views(self) -> dict[Table, int]:
        """Relation number of each view."""
        return {self.names[relation]: relation for relation in self.trees}

    def tables(self, view: Table) -> set[Table]:
        """Every table that a view reads, through other views too, for values or for anything else."""
        found: set[Table] = set()
        waiting = [self.views[view]]
        while waiting:
            relation = waiting.pop()
            if relation not in self.trees:
                found.add(self.names[relation])
                continue
            self._refuse_unknown_functions(relation)
            waiting += {int(entry["relid"]) for entry in _nodes(self.trees[relation], "RANGETBLENTRY") if _reads(entry)}
        return found

    def sources(self, view: Table) -> dict[str, set[Source]]:
        """For each column the table columns that its values are taken or computed from.

        A truth or a count says something of a value without being one: neither has a source.
        """
        relation = self.views[view]
        return {name: self._column(relation, number) for number, name in enumerate(self.columns[relation], 1) if name}

    def _column(self, relation: int, number: int) -> set[Source]:
        if relation in self.trees:
            return self._of_query([self.trees[relation]], number)
        return {(*self.names[relation], self.columns[relation][number - 1])}

    def _of_query(self, scopes: list[Any], number: int) -> set[Source]:
        """Sources of a column of the innermost of nested queries."""
        inner = scopes[-1]
        if inner["setOperations"] is not None:
            parts = [entry["subquery"] for entry in inner["rtable"] if entry["rtekind"] == SUBQUERY]
            return set().union(*(self._of_query([*scopes, part], number) for part in parts))
        targets = [target["expr"] for target in inner["targetList"] if int(target["resno"]) == number]
        return set().union(*(self._of(scopes, target) for target in targets))

    def _of(self, scopes: list[Any], node: Any) -> set[Source]:
        """Sources of an expression."""
        if isinstance(node, list):
            return set().union(*(self._of(scopes, part) for part in node))
        if not isinstance(node, dict) or self._is_no_value(node):
            return set()
        kind = node["node"]
        if kind == "VAR":
            levels = int(node["varlevelsup"])
            return self._of_variable(scopes[: len(scopes) - levels], int(node["varno"]), int(node["varattno"]))
        if kind == "SUBLINK":
            return self._of_query([*scopes, node["subselect"]], 1)
        return set().union(*(self._of(scopes, part) for part in node.values()))

    def _is_no_value(self, node: dict[str, Any]) -> bool:
        results = (node.get("opresulttype"), node.get("funcresulttype"), node.get("aggtype"))
        return (
            node["node"] in TRUTHS
            or BOOLEAN in results
            or (
                node["node"] in ("AGGREF", "WINDOWFUNC")
                and (node.get("aggfnoid") or node.get("winfnoid")) in self.counts
            )
            or (node["node"] == "SUBLINK" and node["subLinkType"] in IS_TRUTH)
        )

    def _of_variable(self, scopes: list[Any], number: int, attribute: int) -> set[Source]:
        entry = scopes[-1]["rtable"][number - 1]
        if attribute < 0:  # where PostgreSQL keeps the row
            return set()
        if attribute == 0:  # the whole row
            width = len(entry["eref"]["colnames"])
            return set().union(*(self._of_entry(scopes, entry, one) for one in range(1, width + 1)))
        return self._of_entry(scopes, entry, attribute)

    def _of_entry(self, scopes: list[Any], entry: dict[str, Any], number: int) -> set[Source]:
        """Sources of a column of something that stands in a FROM clause."""
        match entry["rtekind"]:
            case "0":  # a table or view; numbers: RTEKind in <nodes/parsenodes.h>
                found = self._column(int(entry["relid"]), number)
            case "1":  # a subquery
                found = self._of_query([*scopes, entry["subquery"]], number)
            case "2":  # a join
                found = self._of(scopes, entry["joinaliasvars"][number - 1])
            case "3":  # a function
                found = self._of(scopes, entry["functions"])
            case "5":  # VALUES
                found = self._of(scopes, [values[number - 1] for values in entry["values_lists"]])
            case "6":  # a common table expression
                outer = scopes[: len(scopes) - int(entry["ctelevelsup"])]
                queries = {cte["ctename"]: cte["ctequery"] for cte in outer[-1]["cteList"]}
                found = self._of_query([*outer, queries[entry["ctename"]]], number)
            case "9":  # what is grouped by, since PostgreSQL 18
                found = self._of(scopes, entry["groupexprs"][number - 1])
            case kind:
                raise LineageError(
                    f"range table entry of kind [{kind}] is not known; teach include/warehouse/lineage.py"
                )
        return found

    def _refuse_unknown_functions(self, relation: int) -> None:
        """A function of ours may read any table: where it looks the lineage cannot see."""
        tree = self.trees[relation]
        called = {node[number] for kind, number in CALLS.items() for node in _nodes(tree, kind)}
        unknown = {oid for oid in called if int(oid) >= FIRST_OF_USERS} - self.harmless
        if unknown:
            raise LineageError(
                f"view [{'.'.join(self.names[relation])}] calls a function that is not of schema `access`: "
                "what it reads cannot be traced; write it as a view"
            )


def read_catalog(cursor: Cursor) -> Catalog:
    """The views of all our schemas."""
    columns: dict[int, list[str]] = {}
    names: dict[int, Table] = {}
    types: dict[Source, str] = {}
    for column in _all(cursor, "relation_columns"):
        columns.setdefault(column.relation, []).append(column.column_name)
        names[column.relation] = (column.schema_name, column.relation_name)
        types[column.schema_name, column.relation_name, column.column_name] = column.data_type
    trees = {view.relation: parse(view.tree)[0] for view in _all(cursor, "view_trees")}
    kinds = _all(cursor, "function_kinds")
    return Catalog(
        columns,
        names,
        types,
        trees,
        counts={str(one.oid) for one in kinds if one.kind == "count"},
        harmless={str(one.oid) for one in kinds if one.kind == "ours"},
    )


def _all(cursor: Cursor, name: str) -> list[Any]:
    cursor.execute(query(name))
    return cursor.fetchall()


def parse(text: str) -> Any:
    """A tree in PostgreSQL's notation: nodes as dictionaries, lists as lists, `<>` as `None`, the rest as text."""
    words = iter(WORD.findall(text))
    return _value(next(words), words)


def _value(word: str, words: Iterator[str]) -> Any:
    if word == "(":
        return [_value(part, words) for part in iter(lambda: next(words), ")")]
    if word != "{":
        return None if word == "<>" else re.sub(r"\\(.)", r"\1", word)
    node: dict[str, Any] = {"node": next(words)}
    key = ""
    for part in iter(lambda: next(words), "}"):
        if part.startswith(":"):
            key = part[1:]
        elif key in node:  # a constant is several words; which ones nobody asks
            continue
        else:
            node[key] = _value(part, words)
    return node


def _nodes(tree: Any, kind: str) -> Iterator[dict[str, Any]]:
    """All nodes of a kind, at any depth."""
    if isinstance(tree, dict) and tree["node"] == kind:
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(part, kind)


def _reads(entry: dict[str, Any]) -> bool:
    return entry["rtekind"] == RELATION and entry["relid"] not in (None, "0")
