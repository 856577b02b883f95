"""A USB printer without USB: what pyusb asks of libusb is answered here, and the bulk bytes go to a virtual printer.

All above it is the real thing: pyusb's devices, configurations, claims and transfers, escpos's opening, our wire.
"""

from __future__ import annotations

import errno
import select
import socket
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.backend
import usb.backend.libusb1
from usb.core import USBError, USBTimeoutError

from broker.centre_printers import Printer as PrinterTable
from broker.centre_printers import UsbPrinter

VENDOR, PRODUCT = 0x04B8, 0x0E15
INTO, OUT_OF = 0x01, 0x82
PACKET = 512  # bytes


class Usb(usb.backend.IBackend):  # type: ignore[misc]
    """A cable as of `faults_cables`.  ``empty``: it sends empty packets where others let the host wait."""

    def __init__(self, port: int, _folder: Path) -> None:
        self._port = port
        self.printer: PrinterTable = UsbPrinter(VENDOR, PRODUCT, 80)
        self.plugged = self.empty = False
        self.ends = INTO, OUT_OF
        self.reads = 0
        self._line: socket.socket | None = None

    def plug(self) -> None:
        self.plugged = True

    def pull(self) -> None:
        self.plugged = False
        if self._line:
            self._line.close()

    def install(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(usb.backend.libusb1, "get_backend", lambda *_given, **_more: self)

    # ------------------------------------------------------------ devices and what they say of themselves
    def enumerate_devices(self) -> Iterator[str]:
        if self.plugged:
            yield "printer"

    def get_parent(self, _dev: Any) -> None:
        return None

    def get_device_descriptor(self, _dev: Any) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, address=7, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, _dev: Any, _config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, _dev: Any, number: int, alternate: int, _config: int) -> SimpleNamespace:
        if (number, alternate) != (0, 0):
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=len(self.ends),
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, _dev: Any, number: int, *_where: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=self.ends[number], bmAttributes=2, wMaxPacketSize=PACKET,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    # ------------------------------------------------------------ a device in use
    def open_device(self, _dev: Any) -> socket.socket:
        try:
            self._line = socket.create_connection(("127.0.0.1", self._port), 2)
        except OSError as fault:
            raise gone() from fault
        return self._line

    def close_device(self, handle: socket.socket) -> None:
        handle.close()

    def set_configuration(self, _handle: Any, _value: int) -> None: ...
    def get_configuration(self, _handle: Any) -> int:
        return 1

    def claim_interface(self, _handle: Any, _number: int) -> None: ...
    def release_interface(self, _handle: Any, _number: int) -> None: ...
    def reset_device(self, _handle: Any) -> None: ...

    def bulk_write(self, handle: socket.socket, end: int, _number: int, data: array[int], timeout: int) -> int:
        assert end == INTO
        try:
            handle.settimeout(timeout / 1000)
            handle.sendall(data.tobytes())
        except TimeoutError as full:
            raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT) from full
        except OSError as fault:
            raise gone() from fault
        return len(data) * data.itemsize

    def bulk_read(self, handle: socket.socket, end: int, _number: int, into: array[int], timeout: int) -> int:
        assert end == OUT_OF
        assert len(into) >= PACKET, "a full packet would overflow, and fail"
        self.reads += 1
        for _ in range(timeout // 50 + 1):
            try:
                ready = self.plugged and select.select([handle], [], [], 0.05)[0]
                data = handle.recv(min(PACKET, len(into))) if ready else None
            except (OSError, ValueError) as fault:
                raise gone() from fault
            if data:
                into[: len(data)] = array("B", data)
                return len(data)
            if data == b"" or not self.plugged:
                raise gone()
            if self.empty:
                return 0
        raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)


def gone() -> USBError:
    """What libusb says of a device that was pulled."""
    return USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
