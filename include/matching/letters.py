"""Texts as arrays of bytes: their letters, their digits, and whether there is anything else."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.arrays import Bytes, Flags, Numbers

WIDTH = 24  # letters of a word that are looked at: longer ones are several words, or no name


def byte_matrix(texts: pa.StringArray, width: int = WIDTH) -> Bytes:
    """The first `width` bytes of each text, padded with 0."""
    if not len(texts):
        return np.zeros((0, width), dtype=np.uint8)
    start, data = bytes_of(texts)
    if (np.diff(start) == width).all():  # such as dates: one behind the other
        return data[start[0] :].reshape(-1, width)
    letters = np.append(data, np.zeros(width, dtype=np.uint8))
    window = np.lib.stride_tricks.sliding_window_view(letters, width)[start[:-1]]
    there = np.arange(width, dtype=np.uint8) < np.minimum(np.diff(start), width).astype(np.uint8)[:, None]
    found: Bytes = window * there  # bytes compare several at once
    return found


def letter_sets(texts: pa.StringArray) -> npt.NDArray[np.uint32]:
    """For each text a bit for each capital letter that occurs in it."""
    start, data = bytes_of(texts)
    bit = np.append(np.uint32(1) << (data - np.uint8(ord("A"))).astype(np.uint32), np.uint32(0))
    together = np.bitwise_or.reduceat(bit, start[:-1]) if len(texts) else np.zeros(0, dtype=np.uint32)
    found: npt.NDArray[np.uint32] = np.where(np.diff(start) > 0, together, np.uint32(0))
    return found


def bytes_of(texts: pa.StringArray) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Where each text begins, and the last one ends, among the bytes of all; the texts may be a part of an array."""
    if not len(texts):  # an empty array has no buffers
        return np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    _, offsets, data = (pa.concat_arrays([texts]) if texts.offset else texts).buffers()  # from the start of its buffers
    start = np.frombuffer(offsets, dtype=np.int32, count=len(texts) + 1)
    return start, np.frombuffer(data, dtype=np.uint8, count=start[-1]) if data else np.zeros(0, dtype=np.uint8)


def only(texts: pa.StringArray, kept: bytes) -> pa.StringArray:
    """The texts without any byte but these; they hold no part of a longer character."""
    start, data = bytes_of(texts)
    stays = _are_in(data, kept)
    if stays.all():
        return texts
    offsets = np.append(0, np.cumsum(stays, dtype=np.int32))[start].astype(np.int32)
    found = pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(data[stays]))
    return pc.if_else(pc.is_valid(texts), found, None) if texts.null_count else found


def have_other(texts: pa.StringArray, known: bytes) -> Flags:
    """Texts in which there is any byte but these."""
    start, data = bytes_of(texts)
    found = np.zeros(len(texts), dtype=bool)
    found[np.searchsorted(start, np.flatnonzero(~_are_in(data, known)), side="right") - 1] = True
    return found


def _are_in(data: Bytes, some: bytes) -> Flags:
    """Whether bytes are some: by the few ranges that these make, which is faster than by a table."""
    every = np.unique(np.frombuffer(some, dtype=np.uint8))
    ranges = np.split(every, np.flatnonzero(np.diff(every) > 1) + 1)
    found: Flags = np.logical_or.reduce([(data - each[0]) < np.uint8(len(each)) for each in ranges])
    return found


def last_digits(texts: pa.StringArray, width: int) -> tuple[Numbers, Numbers]:
    """The last digits of each text as a number, and how many digits there are in all."""
    digits = only(texts, b"0123456789")
    count = np.diff(bytes_of(digits)[0]).astype(np.int64)
    if (count > width).any():
        digits = pc.utf8_slice_codeunits(digits, -width)
    number = pc.if_else(pa.array(count > 0), digits, None).cast(pa.int64()).fill_null(0).to_numpy()
    return number, count
