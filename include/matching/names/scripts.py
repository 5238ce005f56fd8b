"""Text in another script as its writers spell their names in Latin letters.

anyascii reads letter by letter. That is right for other alphabets (Cyrillic, Greek, Armenian, Georgian) and near enough
for Chinese. It is not how names are spelt where a script leaves vowels out (Arabic), has one in each consonant (the
scripts of India), writes them before the consonant that they follow (Thai, Lao), or where custom differs from the
letters (surnames of Korea). Such words are rewritten first. The rules are the common ones of each script; names of
exceptional spelling are listed. Japanese names in Chinese characters are read as Chinese: their sound is not in the
writing.
"""

import re

from anyascii import anyascii


def in_latin(text: str) -> str:
    """The text in ASCII letters; what is not a letter may stay."""
    for script, rewrite in _REWRITTEN:
        text = script.sub(rewrite, text)
    return anyascii(text)


# -- Arabic, and Persian and Urdu in its letters

_USUAL = {  # the commonest names that no rule spells
    "محمد": "mohammed", "محمود": "mahmoud", "أحمد": "ahmed", "احمد": "ahmed", "مصطفى": "mustafa", "مصطفي": "mustafa",
    "علي": "ali", "على": "ali", "عمر": "omar", "عثمان": "othman", "حسين": "hussein", "حسن": "hassan", "يوسف": "yousef",
    "إبراهيم": "ibrahim", "ابراهيم": "ibrahim", "إسماعيل": "ismail", "اسماعيل": "ismail", "سليمان": "suleiman",
    "عبدالله": "abdullah", "عبده": "abdo", "خالد": "khaled", "وليد": "walid", "سعيد": "said", "كريم": "karim",
    "فاطمة": "fatima", "زينب": "zainab", "مريم": "mariam", "عائشة": "aisha", "خديجة": "khadija", "نور": "nour",
    "بن": "bin", "ابن": "ibn", "بنت": "bint", "أبو": "abu", "ابو": "abu",
    "هدى": "huda", "منى": "mona", "ليلى": "layla", "سارة": "sara", "رضا": "reza", "محسن": "mohsen", "مهدي": "mahdi",
    "صالح": "saleh", "طاهر": "taher", "جمال": "jamal", "ناصر": "nasser", "ياسر": "yasser", "بكر": "bakr",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "أ": "a", "آ": "a", "إ": "i", "ى": "a", "ة": "a", "ع": "a", "ء": "", "ئ": "i", "ؤ": "u",
    "و": "u", "ي": "i", "ے": "e",
}  # fmt: skip
_GLIDES = {"و": "w", "ي": "y"}  # at the beginning of a word, and beside a long a
_VOWELS = frozenset(("a", "e", "i", "o", "u", ""))
_LONG = re.compile("aa+")
_LONG_A = frozenset("اأآىة")
_ARABIC_LETTERS = "[\u0620-\u065f\u066e-\u06ef\u06fa-\u06ff]+"  # no digits
_SAME = str.maketrans("یکہ", "يكه")  # Persian and Urdu forms
_NOT_SPELT = re.compile("[\u0640\u064b-\u0652\u0670]")  # kashida, and signs that few write
_SERVANT = re.compile("عبد ال")  # of God, and of his names: Abdul Rahman


def _arabic(found: re.Match[str]) -> str:
    words = _SERVANT.sub("عبدال", _NOT_SPELT.sub("", found[0].translate(_SAME)))
    return " ".join(_arabic_word(word) for word in words.split(" "))


def _arabic_word(word: str) -> str:
    if word in _USUAL:
        return _USUAL[word]
    if word.startswith("عبدال") and len(word) > 6:
        return f"abdul {_arabic_word(word[5:])}"
    if word.startswith("ال") and len(word) > 3:
        return f"al {_arabic_word(word[2:])}"
    return _with_short_vowels([_arabic_letter(word, at) for at in range(len(word))])


def _arabic_letter(word: str, at: int) -> str:
    letter, beside = word[at], {word[at + 1 : at + 2], word[at - 1 : at] if at else ""}
    if letter in _GLIDES and (at == 0 or beside & _LONG_A):
        return _GLIDES[letter]
    return _ARABIC.get(letter, anyascii(letter))


def _with_short_vowels(letters: list[str]) -> str:
    """An a after each consonant that has no vowel before it, and before the last one: syllables as in ashraf, zahra."""
    spelt, voiced = "", False  # voiced: what was spelt last but one is a vowel
    for nth, letter in enumerate(letters):
        consonant = letter[:1] not in _VOWELS
        before = nth > 0 and letters[nth - 1][:1] not in _VOWELS
        filled = consonant and before and (not voiced or nth == len(letters) - 1)
        voiced = filled or (nth > 0 and not before)
        spelt += "a" * filled + letter
    return _LONG.sub("a", spelt)


# -- the scripts of India: blocks of 128 signs in one order (The Unicode Standard, chapter 12)

_BLOCKS = range(0x0900, 0x0D80, 0x80)
_SOUTHERN = frozenset(range(0x0B80, 0x0D80, 0x80))  # Tamil, Telugu, Kannada, Malayalam: the last vowel is spoken
_CONSONANTS = frozenset((*range(0x15, 0x3A), *range(0x58, 0x60)))
_VOWEL_SIGNS = frozenset((*range(0x3E, 0x4E), 0x55, 0x56, 0x57, 0x62, 0x63))  # with the virama, which says: none
_NUKTA, _NASALS, _H = 0x3C, frozenset((0x01, 0x02)), 0x39
_LABIALS = frozenset(range(0x2A, 0x2F))
_INDIAN = {0x1A: "ch", 0x1B: "chh", 0x36: "sh", 0x37: "sh", 0x43: "ri"}  # anyascii: c, ch, s, s, r


def _indian(found: re.Match[str]) -> str:
    word = found[0]
    places = [(ord(sign) & ~0x7F, ord(sign) & 0x7F) for sign in word] + [(0, -1)]
    spelt = ""
    for (block, low), (_, following), sign in zip(places, places[1:], word, strict=False):
        if low in _NASALS:
            spelt += "m" if following in _LABIALS else "ng" if following == _H else "n"
            continue
        spelt += _INDIAN.get(low, "") or anyascii(sign)
        silent = following < 0 and block not in _SOUTHERN
        if low in _CONSONANTS and following not in _VOWEL_SIGNS and following != _NUKTA and not silent:
            spelt += "a"
        if low == _NUKTA and following not in _VOWEL_SIGNS and not silent:
            spelt += "a"
    return spelt


# -- Thai and Lao: a vowel that is written before its consonant is spoken after it

_LEADING = re.compile("([เ-ไເ-ໄ])([ก-ฮກ-ຮ])")
_SILENCED = re.compile("[ก-ฮ][ิุ]?์")
_DOUBLE_R = re.compile("รร(?=[ก-ฮ])")


def _thai(found: re.Match[str]) -> str:
    return _LEADING.sub(r"\2\1", _DOUBLE_R.sub("ะ", _SILENCED.sub("", found[0])))


# -- Korean: how the commonest surnames are spelt abroad, which is not by the rules of 2000

_SURNAMES = {
    "김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang", "조": "cho", "윤": "yoon",
    "임": "lim", "오": "oh", "신": "shin", "서": "seo", "권": "kwon", "황": "hwang", "안": "ahn", "류": "ryu",
    "유": "yoo", "고": "ko", "문": "moon", "배": "bae", "백": "baek", "노": "noh", "심": "shim", "주": "joo",
    "우": "woo", "구": "koo", "곽": "kwak", "성": "sung", "전": "jeon", "손": "son", "양": "yang",
}  # fmt: skip


def _korean_surname(found: re.Match[str]) -> str:
    return _SURNAMES.get(found[0], found[0])


_REWRITTEN = (  # each pattern is one group, so that `split` gives it back
    (re.compile(f"({_ARABIC_LETTERS}(?: {_ARABIC_LETTERS})*)"), _arabic),
    (re.compile(f"([{chr(_BLOCKS.start)}-{chr(_BLOCKS.stop - 1)}]+)"), _indian),
    (re.compile("([\u0e00-\u0eff]+)"), _thai),
    (re.compile("^([\uac00-\ud7a3])(?= |,|$)"), _korean_surname),
)
