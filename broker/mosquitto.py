"""Mosquitto for the centre: configuration, users, access list, certificates, and a broker of one's own.

Written for Mosquitto 2.0.11 (Debian 12) to 2.0.21 (Debian 13).  Every node is a user of its name; the access list
is made from `broker.roles`, so a node can write its own topics and nothing else, also on one machine.

Nothing is persistent: all retained state has an owner that publishes it again at each connect (the hall its
mirrors and acknowledgements, each node its status).  A broker that remembers would hand out yesterday's board
as the truth, wear the card, and refuse to start on a database cut off by a power failure.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from broker import topics
from broker.centre import Centre
from broker.messages import MAX_BYTES, Message, PointStatus, Print, Printed, Status
from broker.roles import HEARS, MONITOR, SAYS

START_SECONDS = 10.0
CONNECTIONS = 400  # at a time, silent ones too; each holds about 45 KB where it goes by TLS
QUEUED_BYTES = 4 * 2**20  # for one node that lags; what is more is dropped, and facts come again
ITERATIONS = 101  # Mosquitto's own; secrets are 256 random bits, which no dictionary holds
CERTIFICATE_DAYS = 7300  # a Pi without a clock may start with any date: the authority outlives the hardware
DESK_DAYS = 825  # of the desk's own: telephones refuse a certificate that lives longer; `make install` renews it
BINARY = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin") or "mosquitto"


class BrokerError(Exception):
    """Mosquitto did not start, or openssl did not make a certificate; the text is what it said."""


def render(centre: Centre, directory: Path, port: int) -> str:
    """The whole mosquitto.conf, with the other files in ``directory``.

    A broker on a loopback address has one plain listener there; any other has one listener with TLS, by IPv4 unless
    it is named by an address of IPv6 (`broker.door` says why).
    """
    if centre.broker.loopback:
        listener = [f"listener {port} {centre.broker.host}"]
    else:
        listener = [
            f"listener {port}",
            *([] if ":" in centre.broker.host else ["socket_domain ipv4"]),
            f"cafile {directory}/ca.crt",
            f"certfile {directory}/server.crt",
            f"keyfile {directory}/server.key",
            "tls_version tlsv1.2",
        ]
    lines = [
        *listener,
        "# a name proves itself by its secret, and no client can take another's session",
        "use_username_as_clientid true",
        f"max_connections {CONNECTIONS}",
        "allow_anonymous false",
        f"password_file {directory}/passwords",
        f"acl_file {directory}/acl",
        "",
        "# a broken or hostile client must not take the broker with it",
        f"message_size_limit {MAX_BYTES}",
        f"max_packet_size {2 * MAX_BYTES}",
        "max_keepalive 120",
        "max_queued_messages 10000",
        f"max_queued_bytes {QUEUED_BYTES}",
        "memory_limit 67108864",
        "",
        "# nothing here is a store: retained state is published again by its owner at each connect",
        "persistence false",
        "set_tcp_nodelay true",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "user mosquitto",
    ]
    return "\n".join(lines) + "\n"


def access_list(centre: Centre) -> str:
    """The acl_file: each node says and hears what its role does, under its own name; `monitor` hears all."""
    site = centre.centre.site
    lines = [f"user {MONITOR}", f"topic read khiu/{site}/#", "topic read $SYS/#"]
    for name, role in centre.nodes().items():
        lines += ["", f"user {name}"]
        for kind in SAYS[role]:
            theirs = kind is Print or (role == "hall" and kind.topic.startswith("hall/"))
            lines.append(f"topic write {topics.address(site, kind, node='+' if theirs else name)}")
        for kind in HEARS[role]:
            lines += [f"topic read {topic}" for topic in _heard(centre, name, role, kind)]
    return "\n".join(lines) + "\n"


def _heard(centre: Centre, name: str, role: str, kind: type[Message]) -> list[str]:
    """The topics of this kind that a node needs: the hall those of all, others what is the hall's, to it or to all.

    A desk shows every node and every point.
    """
    site = centre.centre.site
    if role == "hall" or (role == "desk" and kind in (Status, PointStatus, Printed)):
        return [topics.address(site, kind)]
    if kind is PointStatus:
        return [
            topics.address(site, kind, point=p) for node in centre.buttons if node.name == name for p in node.points
        ]
    return [topics.address(site, kind, node="hall" if kind is Status else name)]


def password_file(passwords: Mapping[str, str]) -> str:
    """The password_file: PBKDF2-HMAC-SHA512 in Mosquitto's ``$7$`` form.

    Made here and not by mosquitto_passwd, which takes secrets on its command line, where ``ps`` shows them, or from a
    file that holds them in clear.
    """
    return "".join(f"{name}:{_hashed(password)}\n" for name, password in passwords.items())


def enrol(directory: Path, centre: Centre) -> None:
    """Gives each node of the centre, and `monitor`, a random secret: a file of its name, 0600.  Keeps those there."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (*centre.nodes(), MONITOR):
        secret = directory / name
        if not (secret.is_file() and secret.read_text("utf-8").strip()):
            _write(secret, secrets.token_urlsafe(32) + "\n")


def write(directory: Path, centre: Centre, passwords: Path, port: int) -> Path:
    """Writes configuration, access list and password file for the secrets that `enrol` left in ``passwords``.

    Returns the path of mosquitto.conf.  As root, the files belong to the user mosquitto, which reads them after it
    has dropped its privileges.  Raises `OSError` when a secret is missing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    known = {name: (passwords / name).read_text("utf-8").strip() for name in (*centre.nodes(), MONITOR)}
    _write(directory / "passwords", password_file(known))
    _write(directory / "acl", access_list(centre))
    _write(directory / "mosquitto.conf", render(centre, directory, port))
    for file in (directory, *directory.iterdir()):
        _give(file)
    return directory / "mosquitto.conf"


def certificates(directory: Path, name: str, *hosts: str, days: int = CERTIFICATE_DAYS) -> None:
    """An authority of the centre's own (kept when there) and a certificate of it for these hosts, by openssl.

    Leaves ca.crt, which every node needs (``broker.ca``), ca.key, and <name>.crt and <name>.key.  Raises `BrokerError`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    ca_key, ca = directory / "ca.key", directory / "ca.crt"
    key, request, certificate = (directory / f"{name}.{end}" for end in ("key", "csr", "crt"))
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    if not (ca.exists() and ca_key.exists()):
        usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        _openssl("req", "-x509", *new_key, "-keyout", ca_key, "-out", ca, "-days", CERTIFICATE_DAYS, *usage,
                 "-subj", "/CN=Khiu centre")  # fmt: skip
    _openssl("req", *new_key, "-keyout", key, "-out", request, "-subj", f"/CN={hosts[0]}")
    with tempfile.NamedTemporaryFile("w", suffix=".ext") as extensions:
        names = ",".join(map(_alternative, hosts))
        extensions.write(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:false\n")
        extensions.flush()
        _openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-out", certificate,
                 "-days", days, "-extfile", extensions.name)  # fmt: skip
    request.unlink()


def _alternative(host: str) -> str:
    """As openssl wants a name beside the subject's."""
    try:
        return f"IP:{ipaddress.ip_address(host)}"
    except ValueError:
        return f"DNS:{host}"


class Mosquitto:
    """A real broker for one centre, as a child of this process: for the demo, one machine and the tests.

    ``directory`` holds the nodes' secrets (`enrol` is called).  Port 0 means: a free one; `port` tells which after
    `start`.  Its own files live in a directory that the user mosquitto can reach, and go with it.
    """

    def __init__(self, directory: Path, centre: Centre, port: int = 0) -> None:
        self.directory = directory
        self.port = port
        self._centre = centre
        self._child: subprocess.Popen[bytes] | None = None
        self._files: Path | None = None

    def start(self) -> None:
        """Starts the broker and waits until it accepts.  Raises `BrokerError` with its last words."""
        enrol(self.directory, self._centre)
        self.port = self.port or free_port()
        self._files = Path(tempfile.mkdtemp(prefix="khiu-broker-"))
        if not self._centre.broker.loopback:
            certificates(self.directory, "server", self._centre.broker.host)
            for name in ("ca.crt", "server.crt", "server.key"):
                shutil.copy(self.directory / name, self._files)
        configuration = write(self._files, self._centre, self.directory, self.port)
        said = self._files / "log"
        with said.open("wb") as log:
            # a group of its own: Ctrl+C reaches the nodes first, and they say goodbye through this broker
            self._child = subprocess.Popen([BINARY, "-c", configuration], stdout=log, stderr=log, process_group=0)
        give_up = time.monotonic() + START_SECONDS
        while not (_accepts(self.port) and self._child.poll() is None):
            if self._child.poll() is not None or time.monotonic() > give_up:
                words = said.read_text("utf-8", "replace")
                self.stop()
                raise BrokerError(f"mosquitto did not start on port {self.port}: {words.strip()[-500:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends the broker; `start` may follow, on the same port."""
        if self._child is not None:
            self._child.terminate()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait(5)
            self._child = None
        if self._files is not None:
            shutil.rmtree(self._files, ignore_errors=True)
            self._files = None

    def secret(self, name: str) -> str:
        """The password of a node, or of `monitor`."""
        return (self.directory / name).read_text("utf-8").strip()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def __enter__(self) -> Mosquitto:
        self.start()
        return self

    def __exit__(self, _kind: object, _fault: object, _at: TracebackType | None) -> None:
        self.stop()


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam("mosquitto")
        os.chown(path, user.pw_uid, user.pw_gid)


def free_port() -> int:
    """A TCP port of the loopback that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _openssl(*arguments: object) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise BrokerError(f"openssl: {done.stderr.strip()[-500:]}")
