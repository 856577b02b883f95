"""How often a password may be tried (pure): after a few failures a pause, which doubles up to a minute.

It never locks for good: who knows the password waits a minute at most.  Keys are an account, an address, and both
together, so that neither one account tried from everywhere nor all accounts tried from one place go unnoticed, and a
stranger's failures hardly hinder the owner at her own desk.
"""

from __future__ import annotations

from collections import OrderedDict

FREE = {"both": 5, "account": 20, "address": 20}  # failures without a pause
LONGEST = 60.0  # seconds
FORGOTTEN = 900.0  # seconds after the last failure
MEMORY = 3000  # keys; the one that was quiet longest goes first


class Throttle:
    """Counts failures; ``at`` is `clock.monotonic`."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def wait(self, account: str, address: str, at: float) -> float:
        """Seconds until this account may be tried from this address; 0: now."""
        return max(self._wait(key, at) for key in _keys(account, address))

    def failed(self, account: str, address: str, at: float) -> None:
        for key in _keys(account, address):
            count, last = self._failures.pop(key, (0, at))
            self._failures[key] = (1 if at - last > FORGOTTEN else count + 1), at
        while len(self._failures) > MEMORY:
            self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        """Its owner is in: her own slips are forgotten, what others tried elsewhere is not."""
        self._failures.pop(("both", f"{account} {address}"), None)

    def __len__(self) -> int:
        return len(self._failures)

    def _wait(self, key: tuple[str, str], at: float) -> float:
        count, last = self._failures.get(key, (0, at))
        over = count - FREE[key[0]]
        if over < 0 or at - last > FORGOTTEN:
            return 0.0
        return max(0.0, last + min(LONGEST, 2.0 ** min(over, 10)) - at)


def _keys(account: str, address: str) -> tuple[tuple[str, str], ...]:
    return ("both", f"{account} {address}"), ("account", account), ("address", address)
