"""Bytes to text: encodings that a program, a spreadsheet or a hand left behind, undone where that is certain."""

import codecs
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.quality.parsing import Mask, as_mask
from include.quality.repairs import Repair

# UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8", Repair.BOM),
    (codecs.BOM_UTF32_LE, "utf-32-le", Repair.UTF32),
    (codecs.BOM_UTF32_BE, "utf-32-be", Repair.UTF32),
    (codecs.BOM_UTF16_LE, "utf-16-le", Repair.UTF16),
    (codecs.BOM_UTF16_BE, "utf-16-be", Repair.UTF16),
)
# ASCII in UTF-16 has a NUL in every second byte. No header is shorter than this, and nothing else looks like it.
SAMPLE_BYTES = 32

# What CP1252 has in place of the control characters of Latin-1. Its five gaps are left as they are, as browsers do.
WINDOWS = {code: character for code in range(0x80, 0xA0) if (character := bytes([code]).decode("cp1252", "ignore"))}
TO_LATIN_1 = {ord(character): code for code, character in WINDOWS.items()}

# UTF-8 that was taken for Latin-1 or CP1252: a lead byte (0xC2 to 0xF4) and a continuation byte (0x80 to 0xBF), each as
# a character of its own.
CONTINUATION = "".join(map(chr, range(0x80, 0xC0))) + "".join(WINDOWS.values())
DOUBLED = re.compile(f"[\u00c2-\u00f4][{CONTINUATION}]")
DOUBLED_BYTES = re.compile(b"\xc3[\x82-\xb4](?:" + b"|".join(character.encode() for character in CONTINUATION) + b")")
# The same two characters can be meant: a word in capitals that ends in such a letter, before a dash or a closing quote.
MAYBE_MEANT = re.compile("[\u00c2-\u00de][\u00a0\u00ab\u00bb\u2018\u2019\u201c\u201d\u2026\u2013\u2014](?!\\w)")


def as_utf8(data: bytes) -> tuple[bytes, Repair | None]:
    """A file in UTF-8, without a byte order mark, and what it was instead. Raises `UnicodeDecodeError`.

    Bytes that are not UTF-8 stay in a file that was not in UTF-16 or UTF-32: they are faults of single rows.
    """
    for mark, codec, repair in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = data[len(mark) :]
            return (text if repair is Repair.BOM else _recoded(text, codec)), repair
    head = data[:SAMPLE_BYTES]
    for codec, nul, letter in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if nul and not nul.strip(b"\0") and 0 not in letter:
            return _recoded(data, codec), Repair.UTF16
    return data, None


def _recoded(data: bytes, codec: str) -> bytes:
    # Half of a surrogate pair becomes bytes that are not UTF-8: a fault of its row, not of the file.
    return data.decode(codec, "surrogatepass").encode("utf-8", "surrogatepass")


def from_cp1252(fields: Sequence[str]) -> list[str] | None:
    """Fields of a row that is not UTF-8 (its bytes as lone surrogates), read as CP1252; None if that is not certain.

    Certain is a row whose characters beyond ASCII are all bytes that are not UTF-8, and all of which CP1252 knows.
    """
    if any(character > "\x7f" and not "\udc80" <= character <= "\udcff" for character in "".join(fields)):
        return None
    try:
        return [field.encode("utf-8", "surrogateescape").decode("cp1252") for field in fields]
    except UnicodeDecodeError:
        return None


def undo_double_encoding(table: pa.Table) -> tuple[pa.Table, Mask]:
    """Text columns in which UTF-8 that was encoded twice is UTF-8 again, and the rows in which it was not.

    A value is put right if all of it is UTF-8 taken for Latin-1 or CP1252; done again, that gives the value back. If it
    could also be meant as it is, it is put right only where the rest of the table leaves no doubt: other values were
    encoded twice, and none beyond ASCII was not.
    """
    found, certain, maybe, is_mixed = {}, {}, {}, False
    for name in table.column_names:
        values = table[name].combine_chunks()
        foreign = np.flatnonzero(as_mask(pc.match_substring_regex(values, r"[^\x00-\x7F]")))
        texts = values.take(pa.array(foreign)).to_pylist()
        once = [_once(text) for text in texts]
        is_mixed |= None in once
        found[name] = (foreign, once)
        certain[name] = np.array([bool(DOUBLED.search(MAYBE_MEANT.sub("", text))) for text in texts], np.bool_)
        maybe[name] = np.array([text is not None for text in once], np.bool_)
    has_certain = any((certain[name] & maybe[name]).any() for name in found)
    rows = np.zeros(len(table), np.bool_)
    for name, (foreign, once) in found.items():
        chosen = maybe[name] & (certain[name] | (has_certain and not is_mixed))
        mask = np.zeros(len(table), np.bool_)
        mask[foreign[chosen]] = True
        if mask.any():
            right = pa.array([text for text, is_chosen in zip(once, chosen, strict=True) if is_chosen], pa.string())
            values = pc.replace_with_mask(table[name].combine_chunks(), pa.array(mask), right)
            table = table.set_column(table.column_names.index(name), name, values)
            rows |= mask
    return table, rows


def _once(text: str) -> str | None:
    """What was encoded twice to give this text; None if nothing was."""
    try:
        return text.translate(TO_LATIN_1).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
