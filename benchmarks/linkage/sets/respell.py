"""Pairs of letters that stand for one sound."""

# Spellings of one sound, in many languages; either way.
RESPELL = [
    ("ph", "f"), ("ck", "k"), ("ee", "i"), ("oo", "u"), ("ou", "u"), ("iy", "y"), ("yy", "iy"), ("kh", "h"),
    ("sh", "ch"), ("y", "i"), ("v", "w"), ("z", "s"), ("q", "k"), ("x", "ks"), ("dzh", "j"), ("ts", "c"),
    ("eo", "u"), ("ae", "e"), ("mm", "m"), ("ll", "l"), ("nn", "n"), ("ss", "s"), ("aa", "a"), ("ey", "ei"),
    ("ay", "ai"), ("zh", "j"), ("ie", "e"),
]  # fmt: skip
