"""What was wrong with a delivered file and could be put right with certainty, and what was left blank or out.

Nothing is put right in silence."""

from enum import StrEnum


class Repair(StrEnum):
    """`file:` of a part, followed by the [column] where one is meant; `row:` of a record, or of a line that is none."""

    BOM = "file:bom"  # byte order mark of UTF-8
    UTF16 = "file:utf16"
    UTF32 = "file:utf32"
    PREAMBLE = "file:preamble"  # lines above the header
    REORDERED = "file:reordered_columns"
    RENAMED = "file:renamed_column"  # a name that the contract knows as well
    UNKNOWN_COLUMN = "file:unknown_column"  # left out
    MISSING_COLUMN = "file:missing_column"  # blank in this part; another attempt may have it
    SAME_COLUMN_TWICE = "file:same_column_twice"
    DISPUTED_COLUMN = "file:disputed_column"  # twice, and not the same: blank in this part

    REPEATED_HEADER = "row:repeated_header"
    TOTALS_LINE = "row:totals_line"
    CP1252 = "row:cp1252"
    DOUBLE_ENCODED = "row:double_encoded"
    NUL_PADDING = "row:nul_padding"
    STRAY_COMMA = "row:stray_comma"  # an empty field too many
    UNQUOTED_COMMA = "row:unquoted_comma"  # a value in two fields
    SURPLUS_FIELD = "row:surplus_field"  # one more field after the last column
    ILLEGIBLE = "row:illegible_character"  # in whose place the contract lets only one stand
    IMPLIED = "row:implied_value"  # not a value of the contract, and another column says which it is

    def of(self, column: str) -> str:
        """The label of a column's repair."""
        return f"{self} [{column}]"


# Lines between the records that are no records: they are counted apart from what was received.
SET_APART = (Repair.REPEATED_HEADER, Repair.TOTALS_LINE)

# Nothing was put right: the column stays blank in that part, or is not of the contract.
LEFT_BLANK = (Repair.MISSING_COLUMN, Repair.DISPUTED_COLUMN)
LEFT_OUT = (Repair.UNKNOWN_COLUMN,)

# Fields were moved: right by every rule, and yet not as sure as a row that came whole.
MOVED = (Repair.STRAY_COMMA, Repair.UNQUOTED_COMMA, Repair.SURPLUS_FIELD)
# Characters were changed: not as sure as a value that came as it is.
RECODED = (Repair.CP1252, Repair.DOUBLE_ENCODED, Repair.NUL_PADDING)
# A value was inferred from the rest of the row: certain, and yet not what the source says.
INFERRED = (Repair.ILLEGIBLE, Repair.IMPLIED)
