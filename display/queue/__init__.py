"""The queue of one service day, pure: no clock, no disk, no network.

A press or a fact is decided upon (`rules.decide`, `intake.take`, `day.due`), which gives events and changes nothing;
events are applied (`apply.apply`), which changes today's state and decides nothing.  What was decided is what the
ledger keeps, so the same state grows again from the same events.
"""
