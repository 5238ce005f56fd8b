"""How many rows of the other side a key may find by chance, and how many it finds as far as the model knows."""

from include.matching.arrays import Shares
from include.matching.model import Model

# How many rows of a right side, as large as the model says, a key of each kind may find by chance for a row of the
# left. People go by culture: some find ten times as many.
PER_WORD_AND_YEAR = 20  # of people who bear a word, one in fifty is born in a given year
YEARS = 50
PER_TWO_WORDS = 10
PER_WORD_AND_INITIAL = 4
INITIALS = 15  # that names begin with, were each as common
PER_WORD = 4
SLIP_LETTERS = 5  # of a word that is looked for with a slip: of less, what a slip leaves is many other words
PER_POSTCODE = 10  # a small table's; in a large one a postcode is shared by hundreds
PER_PHONE = 10  # hundreds share one in the simulated world, or where only the firm's is known
PER_DATE = 10  # of a million people seventy are born on one day
# Rows of a right side from which these numbers hold as they are: in a smaller one so many times as many may be found.
MANY_ROWS = 20_000


def times(model: Model) -> float:
    """How many times as much as in a large table a key may find by chance.

    A small table costs little, and where each person has ten rows, ten times as much is to be found.
    """
    return max(1.0, MANY_ROWS / model.right_rows, model.prior * model.right_rows)


def expected_rows(share: Shares, model: Model) -> Shares:
    """Rows of the right side that have what is so common, where as much may be found as in a large table."""
    found: Shares = share * model.right_rows / times(model)
    return found


def by_chance(model: Model, comparison: str, *levels: str) -> float:
    """Rows of the right side that agree so well with a row of the left by chance, where as much may be found as in a
    large table."""
    rows = model.right_rows / times(model)
    return sum(model.comparisons[comparison][level].u or 0.0 for level in levels) * rows


def common_phone(model: Model) -> bool:
    """Whether many share a telephone: it needs something beside it."""
    return by_chance(model, "phone", "exact") > PER_PHONE


def uncounted_are_rare(model: Model) -> bool:
    """Whether a word that nobody counted is rare: one with a slip, or two that are written as one. In a table of a
    million it is not, and neither keys nor CPU are spent on them."""
    floor = min(model.frequencies.family_floor, model.frequencies.given_floor)
    return floor * model.right_rows / times(model) <= PER_WORD
