"""What somebody said of himself or herself, told by another: I was there, she was there."""

import re

from include.simulator.statements.grammar import Luck

WE = {"we": "they", "us": "them", "our": "their", "ours": "theirs", "ourselves": "themselves"}
ONE = {
    "F": {"i": "she", "me": "her", "my": "her", "mine": "hers", "myself": "herself"},
    "M": {"i": "he", "me": "him", "my": "his", "mine": "his", "myself": "himself"},
}
# After "I" these words are present tense; all else that the sentences use is past, and the same in the third person.
VERBS = "remember know think fear believe understand want hope say call pray wish owe trust come"
PRESENT = {"am": "is", "have": "has", "do": "does"} | {verb: f"{verb}s" for verb in VERBS.split()}
SUBJECT = re.compile(r"\bI((?: still| never| only)?) (" + "|".join(PRESENT) + r")\b")
PERSON = re.compile(r"\b(" + "|".join([*WE, "I", *list(ONE["F"])[1:]]) + r")\b(?!-)", re.IGNORECASE)


def reported(paragraph: str, name: str, sex: str, luck: Luck, by_name: float) -> str:
    """The paragraph in the third person. The person is called by `name` at first, and later with the probability
    `by_name` where a pronoun would do."""
    said = False

    def person(match: re.Match[str]) -> str:
        nonlocal said
        word = match[0].lower()
        if word in WE:
            return WE[word]
        if word in ("i", "me") and (not said or luck.chance(by_name)):
            said = True
            return name
        if word == "my" and not said:
            said = True
            return f"{name}'s"
        return ONE[sex][word]

    present = SUBJECT.sub(lambda match: f"I{match[1]} {PRESENT[match[2]]}", paragraph)
    return PERSON.sub(person, present)
