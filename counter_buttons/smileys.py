"""The five faces of a point: when they are open and what a tap says (pure; R2.4)."""

from __future__ import annotations

import datetime as dt

from broker.messages import PointStatus, Rated, Survey


def open_survey(status: PointStatus | None, now: dt.datetime) -> Survey | None:
    """The visit that may be rated at ``now`` (the hall set it, and its time is not over), or None."""
    survey = status.survey if status else None
    return survey if survey and now < survey.until else None


def rating(status: PointStatus | None, level: int, now: dt.datetime) -> Rated | None:
    """The fact that a tap on face ``level`` (lowest first, from 1) makes at ``now``; None while the faces are closed.

    That a visit is rated once is held by the node's store, which remembers across restarts.
    """
    survey = open_survey(status, now)
    if status is None or survey is None:
        return None
    return Rated(visit=survey.visit, point=status.point, level=level, rated_at=now)
