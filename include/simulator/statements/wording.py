"""How one person writes numbers, sums, months and days: always in the same way."""

from dataclasses import dataclass

import numpy as np

from include.simulator.statements.grammar import Luck

# fmt: off
ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]
# fmt: on


@dataclass(frozen=True)
class Wording:
    """The choices of one person."""

    digits: bool  # 14 months; else fourteen months
    dollars: int
    month: int
    day: int
    phone: int

    @classmethod
    def of(cls, luck: Luck) -> "Wording":
        """A person's choices."""
        return cls(luck.chance(0.35), luck.below(4), luck.below(5), luck.below(4), luck.below(4))

    def number(self, value: int) -> str:
        """A count below a million."""
        return str(value) if self.digits else words(value)

    def money(self, value: int) -> str:
        """A sum in dollars."""
        return [f"${value:,}", f"{value} dollars", f"{value:,} dollars", f"{words(value)} dollars"][self.dollars]

    def month_of(self, months: int) -> str:
        """A month, given in months since 1970."""
        year, name = 1970 + months // 12, MONTHS[months % 12]
        forms = [
            f"{name} {year}",
            f"{name} of {year}",
            f"{name} {year}",
            f"{months % 12 + 1:02d}/{year}",
            f"{name}, {year}",
        ]
        return forms[self.month]

    def span(self, months: int) -> str:
        """A length of time."""
        years, rest = divmod(months, 12)
        if years == 0 or (self.digits and rest):
            return f"{self.number(months)} months"
        whole = "a year" if years == 1 and not self.digits else f"{self.number(years)} year{'s' * (years > 1)}"
        tail = f"{self.number(rest)} month{'s' * (rest > 1)}" if rest != 1 else "one month"
        return f"{whole} and {tail}" if rest else whole

    def day_of(self, day: np.datetime64) -> str:
        """A birth day."""
        year, month, number = (int(part) for part in str(day).split("-"))
        name = MONTHS[month - 1]
        forms = [
            f"{name} {number}, {year}",
            f"{number} {name} {year}",
            f"{month}/{number}/{year}",
            f"{month:02d}-{number:02d}-{year % 100:02d}",
        ]
        return forms[self.day]

    def telephone(self, digits: str) -> str:
        """A number of ten digits."""
        area, exchange, line = digits[:3], digits[3:6], digits[6:]
        forms = [
            f"({area}) {exchange}-{line}",
            f"{area}-{exchange}-{line}",
            f"{area} {exchange} {line}",
            f"{area}-{exchange} {line}",
        ]
        return forms[self.phone]


def hour(value: int) -> str:
    """An hour of the clock, 0 to 23, in words."""
    if value % 12 == 0:
        return "noon" if value else "midnight"
    parts = [(12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"), (24, "at night")]
    return f"{ONES[value % 12]} {next(part for end, part in parts if value < end)}"


def words(value: int) -> str:
    """A number below a million in words."""
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")
    unit, name = (1000, "thousand") if value >= 1000 else (100, "hundred")
    rest = f" {words(value % unit)}" if value % unit else ""
    return f"{words(value // unit)} {name}{rest}"
