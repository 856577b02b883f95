"""Why a command was refused, in words for the officer who gave it."""

from __future__ import annotations

from collections.abc import Mapping

from broker.language.catalogue import N_
from broker.words import Reason

REFUSALS: Mapping[Reason, str] = {
    "late": N_("This came too late: please press again"),
    "clock_ahead": N_("The clock of the machine that sent this is wrong"),
    "nobody_waiting": N_("Nobody is waiting"),
    "nothing_called": N_("No ticket is at this point"),
    "not_serving": N_("Service has not started"),
    "already_started": N_("Service has started already"),
    "already_provided": N_("It is already marked as provided"),
    "recall_limit": N_("The ticket was called as often as the rule allows"),
    "point_closed": N_("This point is closed"),
    "point_unknown": N_("The centre has no such point"),
    "service_unknown": N_("The centre has no such service"),
    "service_not_here": N_("This point does not call tickets of that service"),
    "ticket_unknown": N_("There is no such ticket today"),
    "ticket_elsewhere": N_("The ticket is at another point"),
    "too_late_to_recall": N_("This ticket can no longer be called"),
    "day_ended": N_("The service day is over"),
    "point_busy": N_("A called ticket is still here: start it, hold it or mark it as a no-show"),
    "same_service": N_("The ticket is in this service already"),
    "not_yours": N_("That point may not be commanded from here"),
    "changed": N_("This point has changed in the meantime: please look again"),
    "code_unknown": N_("This choice is no longer offered"),
}
