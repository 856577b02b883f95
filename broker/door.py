"""The firewall's rules before the broker's port: how much of it one stranger on the network can take.

Mosquitto (2.0.11 to 2.0.21) waits for ever for the CONNECT of whoever opened a connection, and counts him as a
client: somebody who opens as many as it takes and says nothing keeps out every node that has to come back.  So no
address gets more than a few, or many at once, and some are left for this machine's own nodes whatever the network does.

This holds off one machine, or several.  Who takes two dozen addresses can still keep the other machines out (never
this one's nodes); only the network's own switch can tell that they are one.  By IPv6 anybody has as many addresses as
he likes: the broker listens there only where `centre.toml` names it by such an address.
"""

from __future__ import annotations

from broker.mosquitto import CONNECTIONS

OF_ONE = 16  # connections of one address: a machine has a handful of nodes, and may leave some half open behind it
KEPT = 40  # connections that are left for the nodes of this machine
A_SECOND = 10  # new connections of one address: each costs a handshake; a node tries once a second
AT_ONCE = 40  # and so many before that counts
ADDRESSES = 65535  # that are watched at a time
TABLE = "khiu_door"


def rules(port: int) -> str:
    """The file for nft(8) about this port of the broker; loaded again, it takes the place of what was there."""
    return f"""\
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
  set open4 {{ type ipv4_addr; flags dynamic; size {ADDRESSES}; }}
  set open6 {{ type ipv6_addr; flags dynamic; size {ADDRESSES}; }}
  set fast4 {{ type ipv4_addr; flags dynamic,timeout; timeout 1m; size {ADDRESSES}; }}
  set fast6 {{ type ipv6_addr; flags dynamic,timeout; timeout 1m; size {ADDRESSES}; }}
  chain input {{
    type filter hook input priority filter; policy accept;
    iif != lo tcp dport {port} ct state new jump door
  }}
  chain door {{
    update @fast4 {{ ip saddr limit rate over {A_SECOND}/second burst {AT_ONCE} packets }} drop
    update @fast6 {{ ip6 saddr limit rate over {A_SECOND}/second burst {AT_ONCE} packets }} drop
    add @open4 {{ ip saddr ct count over {OF_ONE} }} reject with tcp reset
    add @open6 {{ ip6 saddr ct count over {OF_ONE} }} reject with tcp reset
    ct count over {CONNECTIONS - KEPT} reject with tcp reset
  }}
}}
"""
