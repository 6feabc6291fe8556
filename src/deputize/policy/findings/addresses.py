"""Address ranges in conditions (IAM guide, "IP address condition operators"; private ranges: RFC 1918,
RFC 6598, RFC 4193).
"""

import ipaddress
from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import Comparison, Policy
from deputize.policy.findings.text import says

SOURCE_IP = "aws:sourceip"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PRIVATE: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7")
)


def check(policy: Policy) -> Iterator[Found]:
    """Ranges that are none, that are written loosely, or that no request comes from."""
    for statement in policy.statements:
        for comparison in statement.comparisons:
            if comparison.operator.type == "IPAddress":
                yield from _ranges(comparison)


def _ranges(comparison: Comparison) -> Iterator[Found]:
    read: list[tuple[Node, Network]] = []
    for node in comparison.strings:
        if "${" in node.text:
            continue
        try:
            network = ipaddress.ip_network(node.text, strict=False)
        except ValueError:
            yield found(
                "TYPE_MISMATCH_IP_RANGE",
                says("This is no address and no range like 203.0.113.0/24: {value}", value=shown(node.text)),
                node,
            )
            continue
        read.append((node, network))
        if ipaddress.ip_interface(node.text).ip != network.network_address:
            yield found(
                "IMPROVE_IP_RANGE",
                says("The mask ignores the last bits; this is the range {range}.", range=shown(str(network))),
                node,
            )
    if comparison.key == SOURCE_IP and read:
        yield from _private(comparison, read)


def _private(comparison: Comparison, read: list[tuple[Node, Network]]) -> Iterator[Found]:
    """Requests arrive from public addresses. (A server of one's own may well see private ones.)"""
    private = [node for node, network in read if any(_inside(network, one) for one in _PRIVATE)]
    if not private:
        return
    negated = comparison.operator.negated
    code = "PRIVATE_NOT_IP_ADDRESS" if negated else "PRIVATE_IP_ADDRESS"
    if len(private) < len(read):
        yield found(
            f"{code}_SUBSET",
            says("On AWS no request comes from a private address; within a VPC compare aws:VpcSourceIp."),
            *private,
        )
    elif negated:
        always = says("On AWS aws:SourceIp is never private: the condition always holds.")
        yield found(code, always, comparison.value)
    else:
        never = says("On AWS aws:SourceIp is never private: the condition never holds.")
        yield found(code, never, comparison.value)


def _inside(network: Network, other: Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and network.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and network.subnet_of(other)
