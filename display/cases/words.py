"""What people read where a case stands."""

from __future__ import annotations

from collections.abc import Mapping

from broker.centre_cases import ClockStart
from broker.language.catalogue import N_
from broker.words import CaseState, Matter

STATES: Mapping[CaseState, str] = {
    "missing": N_("Documents missing"),
    "complete": N_("Documents complete"),
    "forwarded": N_("Forwarded"),
    "answered": N_("Agency has acted"),
    "citizen_informed": N_("Citizen informed"),
    "centre_informed": N_("Centre informed"),
    "closed": N_("Case closed"),
    "withdrawn": N_("Withdrawn by the citizen"),
}
MATTERS: Mapping[Matter, str] = {
    "request": N_("Receive and forward"),
    "information": N_("Information that the centre does not hold"),
}
AFTER: Mapping[ClockStart, str] = {  # the day of the event is not counted (Civil Code 193/3)
    "filed": N_("{days}, counted from the day after filing"),
    "complete": N_("{days}, counted from the day after the documents were complete"),
    "forwarded": N_("{days}, counted from the day after forwarding"),
}
FROM: Mapping[ClockStart, str] = {  # it is (`CaseRules.first_day_counts`)
    "filed": N_("{days}, counted from the day of filing"),
    "complete": N_("{days}, counted from the day on which the documents were complete"),
    "forwarded": N_("{days}, counted from the day of forwarding"),
}
DELAY_NOTICED = N_("Citizen told of the delay")
UNCONFIRMED = N_("The public holidays of {year} are not confirmed yet: due dates in it may change")
