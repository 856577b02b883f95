"""What people read where a case stands."""

from __future__ import annotations

from collections.abc import Mapping

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
DELAY_NOTICED = N_("Citizen told of the delay")
UNCONFIRMED = N_("The public holidays of {year} are not confirmed yet: due dates in it may change")
