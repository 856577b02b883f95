"""A paper of a case as it is set: its receipt, or the one slip of the documents that it lacks (R3.1).  Pure.

Neither bears a citizen's name or contact: whoever finds it learns nothing of a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from broker.centre import Centre
from broker.language.catalogue import N_, plurals, words
from broker.language.dates import clock, short_date
from broker.language.lists import ranges
from broker.messages import Document, Print
from kiosk.slip import Item, Line, Mark, Number, Rule, Space, Text, both, said, two_languages

TITLES = {"receipt": N_("Receipt of your case"), "missing": N_("Documents to bring")}


def case_slip(wish: Print, centre: Centre) -> tuple[Line, ...]:
    """The lines of this paper, in the centre's first language where it has not the one that was asked for.

    Raises `KeyError` for a service the centre does not have.
    """
    languages = centre.centre.languages
    language = wish.language if wish.language in languages else languages[0]
    _ = words(language)
    pair = two_languages(centre, language)
    service = centre.service(wish.service)
    filed = wish.filed.astimezone(centre.zone)

    def lines() -> Iterator[Line]:
        yield Text(said(centre.centre.name, language), bold=True)
        yield Space(1)
        yield Mark(both(pair, TITLES[wish.paper]))
        yield Space(2)
        yield Text(both(pair, N_("Case number")), "small")
        yield Space(2)
        yield Number(wish.number)
        yield Space(2.5)
        yield Text(f"{service.id} {said(service.name, language)}", bold=True)
        yield from _fact(_("Filed"), f"{short_date(filed.date(), language)} {clock(filed.time(), language)}")
        yield from _rule()
        yield from (_dates(wish, centre, language) if wish.paper == "receipt" else _asked(wish, centre, language))
        yield from _fact(_("Received by"), wish.officer)

    return tuple(lines())


def _dates(wish: Print, centre: Centre, language: str) -> Iterator[Line]:
    _ = words(language)
    deadlines = centre.cases.of(wish.matter)
    for name, due, deadline in (
        (_("To be forwarded by"), wish.forward_due, deadlines.forward),
        (_("To be answered by"), wish.answer_due, deadlines.answer),
    ):
        if due:
            yield Text(name, "small")
            yield Text(short_date(due, language), "large", bold=True)
            if deadline:
                yield Text(_working_days(deadline.days, language), "small")
            yield Space(1.5)
    if wish.provisional:
        yield Text(_("These dates may change, for not all public holidays are confirmed yet"), "small")
        yield Space(1.5)
    if wish.documents and (wish.forward_due or wish.answer_due):
        yield from _rule()
    yield from _held(wish, _)
    yield from _lacking(wish, centre, _)
    yield from _rule()


def _asked(wish: Print, centre: Centre, language: str) -> Iterator[Line]:
    _ = words(language)
    points = centre.service(wish.service).points
    where = _("Points {points}") if len(points) > 1 else _("Point {points}")
    yield from _lacking(wish, centre, _)
    yield from _fact(_("Where to bring them"), where.format(points=ranges(points, language)))
    yield from _rule()
    yield from _held(wish, _)
    yield from _rule()


def _held(wish: Print, _: Callable[[str], str]) -> Iterator[Line]:
    yield from _list(_("We have already received"), [each for each in wish.documents if each.held])


def _lacking(wish: Print, centre: Centre, _: Callable[[str], str]) -> Iterator[Line]:
    """What the case lacks, and that its time waits for it."""
    lacking = [each for each in wish.documents if not each.held]
    yield from _list(_("Please bring all of these together"), lacking)
    forward = centre.cases.of(wish.matter).forward
    if lacking and forward is not None and forward.start == "complete":
        yield Text(_("The time to forward your case begins when all documents are here"), "small")
        yield Space(1.5)


def _fact(name: str, what: str) -> Iterator[Line]:
    yield Text(name, "small")
    yield Text(what)
    yield Space(1)


def _list(head: str, documents: Sequence[Document]) -> Iterator[Line]:
    if documents:
        yield Text(head, bold=True)
        yield Space(1)
        yield from (Item(document.name, document.held) for document in documents)
        yield Space(1.5)


def _rule() -> Iterator[Line]:
    yield Space(1)
    yield Rule()
    yield Space(1.5)


def _working_days(count: int, language: str) -> str:
    return plurals(language)("{count} working day", "{count} working days", count).format(count=count)
