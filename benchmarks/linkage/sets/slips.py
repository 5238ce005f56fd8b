"""How records go wrong in the synthetic town: names, dates, losses. Rates are those of the worse of two agencies."""

import numpy as np
import numpy.typing as npt
from nicknames import NickNamer

from benchmarks.linkage.sets.respell import RESPELL

Texts = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.int64]

# Keys beside each other on an English keyboard, and letters that are read for one another.
NEAR = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqrewtyuoiqsfdgfhjkxzcvbmn", strict=True))


class Slips:
    """Draws errors; `harm` scales every rate."""

    def __init__(self, draw: np.random.Generator, harm: float) -> None:
        self.draw, self.harm, self.nick = draw, harm, NickNamer()

    def some(self, size: int, rate: float) -> Numbers:
        """Positions to be hurt."""
        return np.flatnonzero(self.draw.random(size) < rate * self.harm)

    def names(self, seen: dict[str, Texts]) -> None:
        """Hurt given, middle and family names in place; needs `sex` and `maiden`."""
        given, middle, family = (seen[name] for name in ("given", "middle", "family"))
        size = len(given)
        married = self.some(size, 0.15)
        married = married[seen["maiden"][married].astype(bool)]
        family[married] = seen["maiden"][married]
        self._each(given, 0.06, self._nickname)
        self._each(family, 0.25, self._one_of_two)
        for values, rate in ((given, 0.07), (family, 0.07)):
            self._each(values, rate, self._typing)
            self._each(values, rate, self._respelling)
        self._each(given, 0.03, lambda text: text[:1])
        self._each(middle, 0.5, lambda text: text[:1])
        for a, b, rate in ((given, family, 0.02), (given, middle, 0.02)):
            rows = self.some(size, rate)
            rows = rows[a[rows].astype(bool) & b[rows].astype(bool)]
            a[rows], b[rows] = b[rows].copy(), a[rows].copy()
        joined = self.some(size, 0.02)  # both given names in one field
        given[joined] = [f"{a} {b}".strip() for a, b in zip(given[joined], middle[joined], strict=True)]
        middle[joined] = ""
        self._each(family, 0.5, str.upper)
        self._each(given, 0.5, str.upper)

    def dates(self, born: npt.NDArray[np.datetime64]) -> Texts:
        """ISO dates, some with day and month swapped, a wrong digit, a year off, or 1 January for an unknown day."""
        size = len(born)
        year = born.astype("datetime64[Y]").astype(int) + 1970
        month = born.astype("datetime64[M]").astype(int) % 12 + 1
        day = (born - born.astype("datetime64[M]")).astype(int) + 1
        swap = self.some(size, 0.03)
        swap = swap[day[swap] <= 12]
        month[swap], day[swap] = day[swap].copy(), month[swap].copy()
        rows = self.some(size, 0.03)
        year[rows] += self.draw.choice([-10, -2, -1, 1, 2, 10], len(rows))
        rows = self.some(size, 0.03)
        day[rows] = self.draw.integers(1, 29, len(rows))
        rows = self.some(size, 0.01)
        month[rows] = self.draw.integers(1, 13, len(rows))
        rows = self.some(size, 0.02)
        day[rows] = month[rows] = 1
        day = np.minimum(day, np.where(month == 2, 28, 30))
        rows = self.some(size, 0.02)  # somebody else's date
        year[rows], month[rows], day[rows] = (
            self.draw.integers(*span, len(rows)) for span in ((1935, 2005), (1, 13), (1, 29))
        )
        return np.char.add(
            np.char.add(year.astype(str), "-"),
            np.char.add(np.char.add(np.char.zfill(month.astype(str), 2), "-"), np.char.zfill(day.astype(str), 2)),
        ).astype(object)

    def details(self, seen: dict[str, Texts]) -> None:
        """Hurt the other fields in place: somebody else's value, or one wrong digit of a number."""
        for name, rate in (("phone", 0.35), ("country", 0.06), ("birth_place", 0.12), ("sex", 0.01)):
            rows = self.some(len(seen[name]), rate)
            seen[name][rows] = seen[name][self.draw.integers(0, len(seen[name]), len(rows))]
        for name in ("a_number", "ssn", "passport"):
            self._each(seen[name], 0.03, self._digit)

    def lose(self, seen: dict[str, Texts], **rates: float) -> None:
        for name, rate in rates.items():
            seen[name][self.some(len(seen[name]), rate)] = ""

    def _each(self, values: Texts, rate: float, change: object) -> None:
        rows = self.some(len(values), rate)
        values[rows] = [change(text) if text else text for text in values[rows]]  # type: ignore[operator]

    def _digit(self, text: str) -> str:
        at = int(self.draw.integers(1, len(text)))
        return f"{text[:at]}{self.draw.integers(10)}{text[at + 1 :]}"

    def _nickname(self, text: str) -> str:
        known = sorted(self.nick.nicknames_of(text)) or sorted(self.nick.canonicals_of(text))
        return str(self.draw.choice(known)).title() if known else text

    def _one_of_two(self, text: str) -> str:
        words = text.split()
        return words[int(self.draw.random() < 0.2)] if len(words) == 2 else text

    def _respelling(self, text: str) -> str:
        known = [(a, b) for pair in RESPELL for a, b in (pair, pair[::-1]) if a in text.lower()]
        if not known:
            return self._typing(text)
        a, b = known[self.draw.integers(len(known))]
        return text.lower().replace(a, b, 1).title()

    def _typing(self, text: str) -> str:
        at, kind = int(self.draw.integers(len(text))), int(self.draw.integers(4))
        letter = text[at]
        if kind == 0:
            return text[:at] + text[at + 1 :] or text
        if kind == 1:
            return text[:at] + letter + text[at:]
        if kind == 2:
            return text[:at] + NEAR.get(letter.lower(), letter) + text[at + 1 :]
        return text[:at] + text[at + 1 : at + 2] + letter + text[at + 2 :]
