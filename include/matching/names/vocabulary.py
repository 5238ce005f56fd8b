"""What words of a name are beside names: particles, suffixes, titles, and what stands for a name that nobody gave."""

import numpy as np

# Words of a surname that are written, joined or left out at will.
PARTICLES = frozenset({
    "DE", "LA", "LAS", "LOS", "DEL", "DELA", "DELOS", "DA", "DAS", "DI", "DO", "DOS", "DU", "VAN", "VON", "DER", "DEN",
    "TER", "BIN", "BINT", "BINTE", "BINTI", "BTE", "IBN", "BEN", "OULD", "AL", "EL", "UL", "ABU", "MC", "MAC", "Y", "E",
})  # fmt: skip
SUFFIXES = {"JR": "JR", "SR": "SR", "II": "II", "III": "III", "IV": "IV"}
ORDINALS = {"2ND": "II", "3RD": "III", "4TH": "IV"}
# No name, said in words, and titles. NULL is a surname, and the contracts blank the text `null` before it comes here.
PLACEHOLDERS = frozenset({
    "FNU", "LNU", "NFN", "NLN", "NMN", "NMI", "UNKNOWN", "UNK", "UNKN", "XXX", "NONE", "MR", "MRS", "MISS", "DR",
    "PROF", "REV", "SHRI", "SMT", "MST", "INFANT", "NEWBORN", "ANONYMOUS", "ANON", "UNIDENTIFIED",
})  # fmt: skip
# What registers write for people whose name nobody gave. One of them alone may be a name (SON is Vietnamese, BABY a
# name in Manila); several, and nothing else, are none: BABY BOY, DAUGHTER OF, ADULT MALE. No letters and no articles:
# A M are initials, M HOUSE is somebody's name, and so is THE SON in Vietnam.
ROLES = frozenset({
    "BABY", "BOY", "GIRL", "CHILD", "TWIN", "SON", "DAUGHTER", "MOTHER", "FATHER", "BROTHER", "SISTER", "WIFE",
    "HUSBAND", "MAN", "WOMAN", "GENTLEMAN", "LADY", "MALE", "FEMALE", "ADULT", "PERSON", "HOUSE", "OF",
})  # fmt: skip
SUFFIX_NAMES = ("", *dict.fromkeys(SUFFIXES.values()))
# What words are beside names, or are not: all of it is looked up at once. The last is any other word.
SPECIAL = ["", *sorted({*PARTICLES, *PLACEHOLDERS, *ROLES, *SUFFIXES})]
IS_PARTICLE, IS_ROLE = (np.array([*(word in kind for word in SPECIAL), False]) for kind in (PARTICLES, ROLES))
IS_NAME = np.array([*(word not in {"", *PLACEHOLDERS} for word in SPECIAL), True])
SUFFIX_OF = np.array([*(SUFFIX_NAMES.index(SUFFIXES.get(word, "")) for word in SPECIAL), 0], dtype=np.int8)
