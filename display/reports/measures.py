"""Counts figures: one code for a day's summary and ten years' report.

What is measured of a visit does not depend on the groups it is seen in, so `Measures` holds it for all of them; one
pass counts all groups of a `Grouping` at once, and a median costs one sort.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broker.centre import Centre
from display.ledger.columns import NONE, OUTCOMES
from display.reports.figures import NEAR, Estimates, Group, Ratings, Spread, Within, percent
from display.reports.visits import UNKNOWN, Ints, Visits

_LEVELS = 6  # 0: not rated
_TRAITS = (len(OUTCOMES), 2, 2, 2, 2)  # outcome, priority, called, begun, ended: what is counted together


@dataclass(frozen=True)
class Grouping:
    """``of``: each visit's place in ``keys``, `UNKNOWN` for none.

    What is counted or summed has an entry for each key, and one more, the last, for all visits together.
    """

    of: Ints
    keys: tuple[str, ...]

    def counted(self, inner: Ints, width: int) -> NDArray[Any]:
        """How many visits have which of the ``width`` values ``inner``."""
        flat = np.bincount(self._from_1 * width + inner, minlength=(len(self.keys) + 1) * width)
        return _and_all(flat.reshape(len(self.keys) + 1, width))

    def summed(self, weights: NDArray[Any]) -> list[Any]:
        """The sum of the visits' weights."""
        return list(_and_all(np.bincount(self._from_1, weights, len(self.keys) + 1)).tolist())

    @cached_property
    def sizes(self) -> list[int]:
        """How many visits."""
        return list(_and_all(np.bincount(self._from_1, minlength=len(self.keys) + 1)).tolist())

    def split(self, values: Ints) -> Iterator[Ints]:
        """Each group's values, sorted; of the groups alone."""
        *sizes, everything = self.sizes
        ordered = values if self._order is None else values[self._order]
        for begin, end in pairwise(accumulate(sizes, initial=everything - sum(sizes))):
            yield np.sort(ordered[begin:end])

    @cached_property
    def _from_1(self) -> Ints:
        return self.of.astype(np.int64) + 1

    @cached_property
    def _order(self) -> Ints | None:
        """The visits in the order of their groups; None where they are in it already, as by day or month."""
        of = self.of.astype(np.int16)
        if (of[1:] >= of[:-1]).all():
            return None
        return np.argsort(of, kind="stable")  # by radix, for 16 bits


def _and_all(of_none_first: NDArray[Any]) -> NDArray[Any]:
    """What is counted of no group, of the first and so on → of the first and so on, and of all together."""
    return np.concatenate((of_none_first[1:], of_none_first.sum(0, keepdims=True)))


@dataclass(frozen=True)
class Measures:
    """What is measured of each of these visits by the centre's rules; spans in milliseconds, below 0: unknown."""

    visits: Visits
    centre: Centre

    @cached_property
    def waiting(self) -> Ints:
        return self.visits.waiting

    @cached_property
    def spans(self) -> tuple[Ints, ...]:
        """As `Group` has them: waiting, of priority tickets, of others, walking, service."""
        prior = self.visits["priority"] == 1
        return (
            self.waiting,
            np.where(prior, self.waiting, UNKNOWN),
            np.where(prior, UNKNOWN, self.waiting),
            self.visits.span("called", "started"),
            self.visits.span("started", "finished"),
        )

    @cached_property
    def traits(self) -> Ints:
        """`_TRAITS` of each visit as one number."""
        known = self.visits.known
        parts = (self.visits["outcome"], self.visits["priority"], *map(known, ("first_called", "started", "finished")))
        one: Ints = np.zeros(len(self.visits), np.int16)
        for part, width in zip(parts, _TRAITS, strict=True):
            one = one * np.int16(width) + part.astype(np.int16)
        return one

    @cached_property
    def standards(self) -> dict[str, tuple[Ints, Ints]]:
        """Of each service with a standard that has visits: their places, and the spans that it counts (`Within`)."""
        found = {}
        for service in self.centre.services:
            if service.standard and service.id in self.visits.services:
                its = np.flatnonzero(self.visits["service"] == self.visits.services.index(service.id))
                begin, end = self.visits["started"][its], self.visits["finished"][its]
                if service.standard.until == "provided":
                    provided = self.visits["provided"][its]
                    end = np.where(provided != NONE, provided, end)
                known = (begin != NONE) & (end != NONE)
                found[service.id] = its, np.where(known, end - begin, NONE)
        return found

    @cached_property
    def kept(self) -> Ints:
        """Place of the service × 3, and 1 more if its standard measures the visit, 2 if it was kept."""
        state = self.visits["service"].astype(np.int32) * 3
        for service in self.centre.services:
            if service.standard and service.id in self.standards:
                its, took = self.standards[service.id]
                measured = took != NONE
                state[its] += measured + (measured & (took <= service.standard.seconds * 1000)).astype(np.int32)
        return state

    @cached_property
    def told(self) -> tuple[Ints, NDArray[np.float64]]:
        """1 where a wait was told and is known, 2 if it was `NEAR`; and the seconds told less those waited, or 0."""
        estimate = self.visits["estimate"]
        known = (estimate != NONE) & (self.waiting >= 0)
        missed = np.where(known, estimate - self.waiting / 1000, 0.0)
        return known + (known & (np.abs(missed) <= NEAR)).astype(np.int8), missed


def groups(measures: Measures, by: Grouping) -> list[Group]:
    """The figures of each group, and last of all visits."""
    visits = measures.visits
    outcome, prior, called, begun, ended = range(1, 6)
    traits = by.counted(measures.traits, math.prod(_TRAITS)).reshape(len(by.keys) + 1, *_TRAITS)
    gone = traits[:, 3:].sum((outcome, prior, ended))  # no-show and unserved: called, begun
    columns = zip(
        traits.sum((prior, called, begun, ended)).tolist(),
        traits[:, :, 1].sum((1, 2, 3, 4)).tolist(),
        map(int, by.summed(visits["calls"])),
        *([*spreads(span, by), _spread(np.sort(span))] for span in measures.spans),
        ratings(measures, by, traits[:, :, :, :, 1, 1].sum((1, 2, 3)).tolist()),
        _codes(visits, by),
        gone[:, 1, 0].tolist(),
        gone[:, 0].sum(1).tolist(),
        gone[:, 1, 1].tolist(),
        _estimates(measures, by),
        strict=True,
    )
    return [Group(sum(ends), first, *ends[1:], ends[0], *rest) for ends, first, *rest in columns]  # type: ignore[call-arg]


def within(measures: Measures, by: Grouping) -> list[dict[str, Within]]:
    """The share within the standard of each service that has one, where there are such visits; of all last."""
    services = measures.visits.services
    table = by.counted(measures.kept, 3 * len(services)).reshape(len(by.keys) + 1, len(services), 3).tolist()
    standards = [(s.id, s.standard, services.index(s.id)) for s in measures.centre.services if s.id in services]
    found = []
    for row in table:
        of_group = {}
        for id, standard, place in standards:
            _, broken, kept = row[place]
            if standard and broken + kept:
                n = broken + kept
                of_group[id] = Within(standard.seconds, standard.until, n, kept, percent(kept, n))
        found.append(of_group)
    return found


def spreads(values: Ints, by: Grouping) -> list[Spread]:
    """The spread of each group's values in milliseconds, those below 0 being unknown."""
    return [_spread(of_group) for of_group in by.split(values)]


def spread(spans: Iterable[tuple[float, float]]) -> Spread:
    """Of some spans, each from and to a time in seconds."""
    return _spread(np.sort([round(max(0.0, end - begin) * 1000) for begin, end in spans]))


def ratings(measures: Measures, by: Grouping, rateable: Sequence[int]) -> list[Ratings]:
    """The smileys of each group and last of all visits, of so many that could be rated."""
    table = by.counted(measures.visits["level"], _LEVELS).tolist()
    levels = measures.centre.survey.levels
    return [_rated(row, could, levels) for row, could in zip(table, rateable, strict=True)]


def _spread(ordered: Ints) -> Spread:
    """Of sorted milliseconds, those below 0 being unknown."""
    ordered = ordered[np.searchsorted(ordered, 0) :]
    n = len(ordered)
    if not n:
        return Spread(0)
    middle = (int(ordered[(n - 1) // 2]) + int(ordered[n // 2])) / 2
    ranked = (float(ordered.mean()), middle, int(ordered[math.ceil(0.9 * n) - 1]), int(ordered[-1]))
    return Spread(n, *(round(milliseconds / 1000, 1) for milliseconds in ranked))


def _codes(visits: Visits, by: Grouping) -> list[dict[str, int]]:
    if not visits.codes:
        return [{} for _ in by.sizes]
    table = by.counted(visits["code"], len(visits.codes) + 1).tolist()
    return [{code: n for code, n in zip(visits.codes, row[1:], strict=True) if n} for row in table]


def _rated(row: Sequence[int], rateable: int, levels: int) -> Ratings:
    n = sum(row[1:])
    total = sum(level * row[level] for level in range(1, _LEVELS))
    squares = sum(level * level * row[level] for level in range(1, _LEVELS))
    mean = total / n if n else None
    return Ratings(
        n=n,
        rateable=rateable,
        response_percent=percent(n, rateable),
        counts={str(level): row[level] for level in range(levels, 0, -1)},
        mean=round(mean, 2) if mean is not None else None,
        sd=round(math.sqrt((n * squares - total * total) / (n * (n - 1))), 2) if n > 1 else None,
        mean_percent=round(mean / levels * 100, 1) if mean is not None else None,
        satisfied_percent=percent(row[4] + row[5], n) if levels == 5 else None,
    )


def _estimates(measures: Measures, by: Grouping) -> list[Estimates]:
    told, missed = measures.told
    columns = by.counted(told, 3).tolist(), by.summed(missed), by.summed(np.abs(missed))
    return [
        _estimated(far + near, near, bias, absolute) for (_, far, near), bias, absolute in zip(*columns, strict=True)
    ]


def _estimated(n: int, near: int, bias: float, absolute: float) -> Estimates:
    if not n:
        return Estimates(0, None, None, 0, None)
    return Estimates(n, round(bias / n, 1), round(absolute / n, 1), near, percent(near, n))
