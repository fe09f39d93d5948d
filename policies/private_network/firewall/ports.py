"""The ports that no stranger has any business at: management, databases, caches, file shares."""

from __future__ import annotations

from typing import Final

from analysis.network.spans import Spans
from policies.private_network.firewall.services import by_protocol, services

_TCP: Final = {
    "20-21": "FTP",
    "22": "SSH",
    "23": "Telnet",
    "25": "SMTP",
    "53": "DNS",
    "110": "POP3",
    "111": "RPC",
    "135": "RPC",
    "137-139": "NetBIOS",
    "143": "IMAP",
    "389": "LDAP",
    "445": "SMB",
    "512-514": "rsh",
    "636": "LDAPS",
    "873": "rsync",
    "1433-1434": "SQL Server",
    "1521": "Oracle",
    "2049": "NFS",
    "2181": "ZooKeeper",
    "2375-2376": "Docker",
    "2379-2380": "etcd",
    "2483-2484": "Oracle",
    "3306": "MySQL",
    "3307": "Cloud SQL",
    "3389": "RDP",
    "5432": "PostgreSQL",
    "5601": "Kibana",
    "5671-5672": "RabbitMQ",
    "5900-5901": "VNC",
    "5984": "CouchDB",
    "5985-5986": "WinRM",
    "6379": "Redis",
    "6432": "PgBouncer",
    "6443": "Kubernetes",
    "7000-7001": "Cassandra",
    "7199": "Cassandra",
    "8086": "InfluxDB",
    "8529": "ArangoDB",
    "9042": "Cassandra",
    "9092": "Kafka",
    "9160": "Cassandra",
    "9200": "Elasticsearch",
    "9300": "Elasticsearch",
    "10250": "kubelet",
    "10255": "kubelet",
    "11211": "Memcached",
    "15672": "RabbitMQ",
    "27017-27019": "MongoDB",
    "28017": "MongoDB",
    "61616": "ActiveMQ",
}
_UDP: Final = {
    "53": "DNS",
    "69": "TFTP",
    "111": "RPC",
    "137-138": "NetBIOS",
    "161-162": "SNMP",
    "389": "LDAP",
    "514": "syslog",
    "1434": "SQL Server",
    "2049": "NFS",
    "3389": "RDP",
    "11211": "Memcached",
}
_KNOWN: Final = tuple(
    (services(protocol, ports), f"{protocol} {ports} ({name})")
    for protocol, table in (("tcp", _TCP), ("udp", _UDP))
    for ports, name in table.items()
)
SENSITIVE: Final = Spans.of(span for found, _ in _KNOWN for span in found)
"""All of them."""
# The ones to name first where a rule opens them all.
_FIRST: Final = ("SSH", "RDP", "PostgreSQL", "Redis")


def sensitive_in(opened: Spans, most: int = 4) -> str:
    """Those that are open, in words, the best known first; '' where none is."""
    found = [said for known, said in _KNOWN if known.meets(opened)]
    found.sort(key=lambda said: not said.endswith(tuple(f"({name})" for name in _FIRST)))
    if len(found) > most:
        return f"{', '.join(found[:most])} and {len(found) - most} more"
    return ", ".join(found)


def widest(opened: Spans) -> int:
    """The most ports that are open in one protocol."""
    return max((ports.size for ports in by_protocol(opened).values()), default=0)
