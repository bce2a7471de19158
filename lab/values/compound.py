# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types made of other types: lists, negation, alternatives, pairs, references."""

from __future__ import annotations

from dataclasses import dataclass

from lab.values.base import BadValue, References, Renamer, Type, ambiguous, invalid, no_match


@dataclass(frozen=True)
class ListType(Type):
    """Comma separated; an empty text is the empty list."""

    item: Type

    def parse(self, text: str, refs: References) -> str:
        return ",".join(self.item.parse(part, refs) for part in text.split(",")) if text else ""

    def rename(self, text: str, to: Renamer) -> str:
        return ",".join(self.item.rename(part, to) for part in text.split(",")) if text else text

    def points_to(self) -> frozenset[str]:
        return self.item.points_to()

    def describe(self) -> str:
        return f"list of {self.item.describe()}"


@dataclass(frozen=True)
class NegType(Type):
    """A matcher that a leading ``!`` negates."""

    item: Type

    def parse(self, text: str, refs: References) -> str:
        if text.startswith("!"):
            return "!" + self.item.parse(text[1:], refs)
        return self.item.parse(text, refs)

    def rename(self, text: str, to: Renamer) -> str:
        return "!" + self.item.rename(text[1:], to) if text.startswith("!") else self.item.rename(text, to)

    def points_to(self) -> frozenset[str]:
        return self.item.points_to()

    def describe(self) -> str:
        return f"[!]{self.item.describe()}"


@dataclass(frozen=True)
class OrType(Type):
    """The first alternative that takes the text. When none does, the words of the last one are given."""

    choices: tuple[Type, ...]

    def parse(self, text: str, refs: References) -> str:
        refusal: BadValue = invalid()
        for choice in self.choices:
            try:
                return choice.parse(text, refs)
            except BadValue as bad:
                refusal = bad
        raise refusal

    def rename(self, text: str, to: Renamer) -> str:
        for choice in self.choices:
            renamed = choice.rename(text, to)
            if renamed != text:
                return renamed
        return text

    def points_to(self) -> frozenset[str]:
        return frozenset().union(*(choice.points_to() for choice in self.choices))

    def describe(self) -> str:
        return " or ".join(choice.describe() for choice in self.choices)


@dataclass(frozen=True)
class PairType(Type):
    """``upload/download`` of a queue. One value alone stands for both (unsure: no source states it)."""

    item: Type

    def parse(self, text: str, refs: References) -> str:
        first, slash, second = text.partition("/")
        one = self.item.parse(first, refs)
        return f"{one}/{self.item.parse(second, refs) if slash else one}"

    def rename(self, text: str, to: Renamer) -> str:
        first, _, second = text.partition("/")
        return f"{self.item.rename(first, to)}/{self.item.rename(second, to)}"

    def points_to(self) -> frozenset[str]:
        return self.item.points_to()

    def describe(self) -> str:
        return f"pair of {self.item.describe()}"


@dataclass(frozen=True)
class RefType(Type):
    """The name of a row of another menu. A removed row leaves its raw id behind (facts 11.4: ``server=*1``)."""

    menu: str

    def parse(self, text: str, refs: References) -> str:
        found = refs.resolve(self.menu, text)
        if found is None:
            raise ambiguous() if refs.begin_with(self.menu, text) > 1 else no_match()
        return found

    def rename(self, text: str, to: Renamer) -> str:
        return to(self.menu, text)

    def points_to(self) -> frozenset[str]:
        return frozenset({self.menu})

    def describe(self) -> str:
        return f"row of {self.menu}"
