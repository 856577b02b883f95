"""A case from the filing to the last word, pure: its states, its due dates, the office's working days.

A case is what a point cannot finish at once: a request that is received and forwarded (R3), or what the centre does not
hold and another agency must find (R2.3b).  The desk says what happened (facts), `intake.take` decides what it means.
"""
