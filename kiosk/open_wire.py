"""A wire to a printer that stays open: somebody always listens, and what is said between two calls is news."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

TICK = 0.1  # how long `Wire.receive` listens
LISTEN_SECONDS = 2.0  # after which a read that heard nothing begins anew, so that the listener can be ended
_EMPTY_SECONDS = TICK / 10  # after an empty packet, which comes at once
_MOST = 4096  # bytes kept: a call reads them long before; a printer that babbles fills no memory


class OpenWire(ABC):
    """Reads on a thread of its own, from when the printer was reached until it is lost.

    One call at a time (`Printer` sees to it).  A kind of wire gives what is abstract here: `_write` and `_read`
    raise `OSError` when the printer is gone, and `_write` `TimeoutError` when it takes no more for now.
    """

    stays_open = True

    def __init__(self) -> None:
        self.heard: Callable[[], object] = lambda: None
        self._device: Any = None
        self._ear: threading.Thread | None = None
        self._news = threading.Condition()
        self._bytes = bytearray()
        self._fault: OSError | None = None
        self._told = True  # nobody is to be told of what comes: a call is under way, or was told already
        self._in_call = threading.Event()

    @abstractmethod
    def _connect(self) -> Any: ...
    @abstractmethod
    def _write(self, device: Any, data: bytes) -> None: ...
    @abstractmethod
    def _read(self, device: Any) -> bytes | None: ...  # None: nothing came within `LISTEN_SECONDS`, or interrupted
    @abstractmethod
    def _interrupt(self, device: Any) -> None: ...  # end a read, where that can be done
    @abstractmethod
    def _close(self, device: Any) -> None: ...

    def open(self) -> None:
        with self._news:
            self._told = True
        self._in_call.set()
        if self._fault:
            self._lose()
        if self._device is None:
            device = self._connect()
            self._bytes.clear()
            self._device = device
            self._ear = threading.Thread(target=self._listen, args=(device,), name="printer wire", daemon=True)
            self._ear.start()

    def unasked(self) -> bytes:
        with self._news:
            return self._taken()

    def send(self, data: bytes) -> None:
        try:
            self._write(self._device, data)
        except TimeoutError:
            raise
        except OSError:
            self._lose()
            raise

    def receive(self) -> bytes:
        with self._news:
            self._news.wait_for(lambda: self._bytes or self._fault, TICK)
            data, fault = self._taken(), self._fault
        if fault and not data:
            self._lose()
            raise fault
        return data

    def rest(self) -> None:
        self._in_call.clear()
        with self._news:
            self._told = self._device is None
        self._tell()

    def close(self) -> None:
        if self._device is not None:
            self._lose()

    def _taken(self) -> bytes:
        data = bytes(self._bytes)
        self._bytes.clear()
        return data

    def _lose(self) -> None:
        device, self._device = self._device, None
        self._interrupt(device)
        if self._ear:
            self._ear.join(2 * LISTEN_SECONDS)
        self._close(device)
        self._bytes.clear()
        self._fault = None

    # ------------------------------------------------------------ the listener's thread
    def _listen(self, device: Any) -> None:
        while self._device is device:
            try:
                data = self._read(device)
            except Exception as fault:  # noqa: BLE001 -- whatever ends the listener must be known as a fault of the wire
                with self._news:
                    if self._device is device:
                        self._fault = fault if isinstance(fault, OSError) else OSError(str(fault))
                    self._news.notify()
                self._tell()
                return
            if data:
                with self._news:
                    self._bytes += data[: _MOST - len(self._bytes)]
                    self._news.notify()
                self._tell()
            elif data is not None and self._in_call.wait(LISTEN_SECONDS):
                time.sleep(_EMPTY_SECONDS)

    def _tell(self) -> None:
        """Once until the next call."""
        with self._news:
            if self._told or not (self._bytes or self._fault):
                return
            self._told = True
        self.heard()
