"""What an officer's press does: command in, events or a reasoned refusal out.

`decide` reads today's state and changes nothing.  The rules that a reader would otherwise have to guess:

- **Next always leaves the point's ticket behind.**  A ticket being served is finished; a called one that nobody
  answered becomes a no-show, at the recall limit or before it, because a desk with one button has no other way to say
  so (and a latecomer can be called back).  Then the next one is called; if nobody waits, the point is free.
- **A double tap on Next acts once.**  Within ``calling.answer_seconds`` of a call the citizen is still on the way, and
  Next is refused (``point_busy``).
- **A press counts only while it is fresh.**  It is refused after its deadline, and also if the deadline is further off
  than any sender may set it (`AHEAD`): such a sender's clock is wrong, and how old its press is nobody knows.
- **A press that calls also opens a closed point**, with the officer whom centre.toml names.  Next on a closed point
  with nobody waiting opens it and is accepted, without a ticket.
- **Resume, call back and call a ticket** finish the ticket being served, as Next does, but are refused
  (``point_busy``) while a called one is on its way: nobody becomes a no-show for somebody else's sake.
- **Provided** is taken down for every service; only a standard ``until = "provided"`` is measured by it (R2.3a).
- Where **service starts at the call** (``calling.start_at_call``) nobody may have come, so recall and no-show are
  allowed during service too.
- **Several officers do not step on each other.**  A command may say how its point stood when it was given (``expect``);
  it is refused (``changed``) once anything was moved there.
- **Who signed in at a point stays its officer** over a pause: a closing from buttons, which know nobody, or one with a
  reason.  Only a closing from the desk without a reason signs out.
- Commands that find things as they ask for (open an open point, close a closed service) are accepted and do nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from broker import messages as m
from broker.centre import Centre
from broker.words import Reason
from display.queue import events as e
from display.queue.press import Events, NewId, Outcome, Press
from display.queue.state import Today

AHEAD = dt.timedelta(seconds=2)  # a sender's clock may be ahead of the hall's by so much


def decide(today: Today, node: str, command: m.Command, now: dt.datetime, new_id: NewId) -> Outcome:
    """What this command of this node does at this moment; ``new_id`` names a call or a visit."""
    if reason := _barred(today, node, command, now):
        return m.Refused(reason)
    outcome = _decided(Press(today, today.points[command.point], now, new_id), command.action, _is_desk(today, node))
    if command.by is None or isinstance(outcome, m.Refused):
        return outcome
    return tuple(replace(event, who=command.by) for event in outcome)


def _decided(press: Press, action: m.Action, at_desk: bool) -> Outcome:
    if rule := _PLAIN.get(type(action)):
        return rule(press)
    match action:
        case m.Next(outcome=outcome):
            return _next(press, outcome)
        case m.Finish(outcome=outcome):
            return press.finished(outcome) or m.Refused("not_serving")
        case m.Close(reason=reason):
            return _close(press, reason, stays=reason is not None or not at_desk)
        case m.Transfer(service=service, note=note):
            return _transfer(press, service, note)
        case m.CallTicket(number=number):
            return _call_ticket(press, number)
        case m.Open(officer=officer):
            return press.opened(officer)
        case m.OpenService(service=service):
            return _service(press, service, opens=True)
        case m.CloseService(service=service):
            return _service(press, service, opens=False)
        case other:
            raise AssertionError(f"no rule for {type(other).__name__}")


def answer(events: Events) -> m.Accepted:
    """The answer to a command that was accepted with these events: the ticket that then stands at the point."""
    last = events[-1] if events else None
    return m.Accepted(last.number if isinstance(last, e.Called | e.Started | e.Provided) else None)


def _barred(today: Today, node: str, command: m.Command, now: dt.datetime) -> Reason | None:
    """Why this command is not even looked at."""
    if command.point not in today.points:
        return "point_unknown"
    centre = today.centre
    wired = any(command.point in buttons.points for buttons in centre.buttons if buttons.name == node)
    if not wired and not _is_desk(today, node):
        return "not_yours"
    if now > command.deadline:
        return "late"
    if command.deadline > now + dt.timedelta(seconds=centre.calling.command_seconds) + AHEAD:
        return "clock_ahead"
    if today.ended:
        return "day_ended"
    if command.expect not in (None, today.stand(today.points[command.point])):
        return "changed"
    return "code_unknown" if _names_no_choice(centre, command.action) else None


def _is_desk(today: Today, node: str) -> bool:
    return today.centre.desk is not None and today.centre.desk.name == node


def _names_no_choice(centre: Centre, action: m.Action) -> bool:
    """Whether it names an outcome or a reason that this centre does not have."""
    match action:
        case m.Next(outcome=str(code)) | m.Finish(outcome=str(code)):
            return code not in centre.outcomes
        case m.Close(reason=str(code)):
            return code not in centre.pauses
    return False


def _next(press: Press, outcome: str | None) -> Outcome:
    if press.just_called:
        return m.Refused("point_busy")
    left = press.finished(outcome) + press.missed()
    if ticket := press.today.next_for(press.point):
        return left + press.call(ticket)
    return left or press.opened() or m.Refused("nobody_waiting")


def _recall(press: Press) -> Outcome:
    ticket = press.point.ticket
    if ticket is None:
        return m.Refused("nothing_called" if press.point.open else "point_closed")
    if ticket.state == "provided" or (ticket.state == "serving" and not press.starts_at_call):
        return m.Refused("already_started")
    if ticket.calls >= press.today.centre.calling.max_calls:
        return m.Refused("recall_limit")
    return press.call(ticket, recall=True)


def _start(press: Press) -> Outcome:
    ticket = press.point.ticket
    if ticket is None:
        return m.Refused("nothing_called" if press.point.open else "point_closed")
    if ticket.state != "called":
        return m.Refused("already_started")
    return (press.started(ticket),)


def _provided(press: Press) -> Outcome:
    ticket = press.point.ticket
    if ticket is None or ticket.state == "called":
        return m.Refused("not_serving")
    if ticket.state == "provided":
        return m.Refused("already_provided")
    return (e.Provided(at=press.now, number=ticket.number, visit=ticket.visit, point=press.point.number),)


def _no_show(press: Press) -> Outcome:
    ticket = press.point.ticket
    if ticket is None:
        return m.Refused("nothing_called")
    if ticket.state == "called" or (ticket.state == "serving" and press.starts_at_call):
        return (press.no_show(ticket),)
    return m.Refused("already_started")


def _hold(press: Press) -> Outcome:
    ticket = press.point.ticket
    if ticket is None:
        return m.Refused("nothing_called")
    return (e.Held(at=press.now, number=ticket.number, visit=ticket.visit, point=press.point.number),)


def _transfer(press: Press, service: str, note: str | None) -> Outcome:
    ticket = press.point.ticket
    if ticket is None:
        return m.Refused("nothing_called")
    if service not in press.today.services:
        return m.Refused("service_unknown")
    if service == ticket.service:
        return m.Refused("same_service")
    return (
        e.Transferred(
            at=press.now,
            number=ticket.number,
            visit=ticket.visit,
            point=press.point.number,
            service=service,
            next_visit=press.new_id(),
            note=note,
        ),
    )


def _resume(press: Press) -> Outcome:
    held = press.point.held
    return press.call_aside(press.today.tickets[held[0]]) if held else m.Refused("nobody_waiting")


def _call_back(press: Press) -> Outcome:
    missed = press.point.missed
    return _call_ticket(press, missed) if missed else m.Refused("nobody_waiting")


def _call_ticket(press: Press, number: str) -> Outcome:
    ticket = press.today.tickets.get(number)
    if ticket is None:
        return m.Refused("ticket_unknown")
    if ticket is press.point.ticket:
        return m.Refused("point_busy")
    if ticket.state in ("called", "serving", "provided"):
        return m.Refused("ticket_elsewhere")
    here = ticket.service in press.point.calls or ticket.point == press.point.number
    if not here:
        return m.Refused("service_not_here")
    if ticket.state in ("served", "unserved") or (ticket.state == "no_show" and not press.today.may_return(ticket)):
        return m.Refused("too_late_to_recall")
    return press.call_aside(ticket)


def _close(press: Press, reason: str | None, stays: bool) -> Outcome:
    point = press.point
    if point.ticket:
        return m.Refused("point_busy")
    says_more = not stays or reason not in (None, point.pause)  # of a pause: that it is the end, or why
    if not point.open and not (point.paused and says_more):
        return ()
    return (e.PointClosed(at=press.now, point=point.number, officer=point.officer, reason=reason, stays=stays),)


def _service(press: Press, service: str, opens: bool) -> Outcome:
    if service not in press.today.services:
        return m.Refused("service_unknown")
    if press.today.services[service].open == opens:
        return ()
    change = e.ServiceOpened if opens else e.ServiceClosed
    return (change(at=press.now, service=service),)


_PLAIN: Mapping[type[m.Action], Callable[[Press], Outcome]] = {
    m.Recall: _recall,
    m.Start: _start,
    m.Provided: _provided,
    m.NoShow: _no_show,
    m.Hold: _hold,
    m.Resume: _resume,
    m.CallBack: _call_back,
}
