"""The rules behind a report's figures, in words, and the name of its span."""

from __future__ import annotations

import math

from broker.centre import Centre
from broker.clock import BUDDHIST
from broker.language.catalogue import plurals, words
from broker.language.dates import long_date, month_year
from display.reports import bands, case_figures
from display.reports.figures import FEW, NEAR, TOO_FEW, Within
from display.reports.spans import Span


def span_name(span: Span, language: str) -> str:
    """ปีงบประมาณ พ.ศ. 2570 (1 ตุลาคม 2569 – 30 กันยายน 2570), a month, a day, or from – to."""
    _ = words(language)
    both = f"{long_date(span.first, language)} – {long_date(span.last, language)}"
    if year := span.fiscal_year:
        return _("Fiscal year {year} ({span})").format(year=year if language == "th" else year - BUDDHIST, span=both)
    if span.month:
        return _("Month {month} ({span})").format(month=month_year(span.first, language), span=both)
    return long_date(span.first, language) if span.first == span.last else both


def made_up(practice_days: int, language: str) -> str:
    """What must stand beside every figure of practice days (`display.practice`); nothing where there is none."""
    one, more = (
        "{count} of these days is a practice day: made up to try this on; nobody came.",
        ("{count} of these days are practice days: made up to try this on; nobody came."),
    )
    return plurals(language)(one, more, practice_days).format(count=practice_days) if practice_days else ""


def standard_rule(seconds: int, until: str, language: str) -> str:
    """What a service's standard counts, and until when."""
    n_, count = plurals(language), math.ceil(seconds / 60)
    provided = "Within {minutes} min from start until provided (choosing documents not counted)"
    finished = "Within {minutes} min from start until finished"
    text = n_(provided, provided, count) if until == "provided" else n_(finished, finished, count)
    return text.format(minutes=f"{seconds // 60}" if seconds % 60 == 0 else f"{seconds / 60:.2f}")


def rule_of(standard: Within, language: str) -> str:
    """As `standard_rule`, of figures."""
    return standard_rule(standard.seconds, standard.until, language)


def of_few(language: str) -> str:
    """What "*" and "–" say in a table."""
    _ = words(language)
    return _(
        "* fewer than {few}: take it with care. –: unknown, or of fewer than {too_few}; "
        "then shares, medians and means are not shown."
    ).format(few=FEW, too_few=TOO_FEW)


def rules(centre: Centre, language: str) -> list[str]:
    """Every rule that a reader of the figures must know, a sentence or two each."""
    _ = words(language)
    said = [_("Tickets: a transferred ticket is counted once at each service. Voided numbers are not counted.")]
    for service in centre.services:
        name = f"{service.id} {service.name.get(language, '')}".strip()
        if service.standard is None:
            said.append(_("{service}: the standard sets no minutes for it.").format(service=name))
            continue
        rule = standard_rule(service.standard.seconds, service.standard.until, language)
        said.append(f"{name}: {rule}")
        if service.standard.until == "provided":
            said.append(
                _(
                    "Where nobody pressed “provided”, the clock stops at the end of the visit. "
                    "Visits that only the end of the day closed are not measured."
                )
            )
    said += [
        _("Waiting: from taking the ticket, or the transfer, until the first call. The standard sets no limit for it."),
        _("Walking: from the last call before service began until it began. Service time: from start until finished."),
        _("90 %: nine of ten took no longer. Median: half of them took no longer."),
        _(
            "No-show: called, and service never began. Walk-out: never called before the day ended, whether the "
            "citizen had left or was sent home. "
            "Broken off: service had begun, and the citizen did not come back when called again."
        ),
        _("Hour and day of the week: when the ticket was taken."),
        _(
            "Waiting at once: the most tickets that waited for their first call at one moment of a day. "
            "Those who come along with a ticket's holder are not known."
        ),
    ]
    if centre.survey.levels == 5:
        said.append(
            _(
                "Satisfaction: S.D. of a sample (n - 1). Mean in %: the mean divided by 5. "
                "Levels 4 and 5 in %: of all ratings. Bands: {bands}."
            ).format(bands=bands.stated(language))
        )
    else:
        said.append(_("Three faces cannot feed the tables of five levels."))
    near = NEAR // 60
    said += case_figures.rules(centre, language)
    said += [
        _(
            "Waits told on tickets: the kiosk's estimate against the wait until the first call. "
            "Near: no more than {near} min off."
        ).format(near=near),
        of_few(language),
        _("Figures of this centre's own ledger. They certify nothing."),
    ]
    return said
