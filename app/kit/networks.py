"""Who calls, as far as an address tells: whoever has one address of IPv6 has as many as they like, in one network."""

from ipaddress import IPv6Address, ip_address


def network(caller: str) -> str:
    """What calls from this address are counted under: the address itself, of IPv6 the network that it stands in.

    An address of the old kind that is written in the new way, as a server that listens to both hears it, is itself.
    """
    try:
        address = ip_address(caller.partition("%")[0])
    except ValueError:
        return caller
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
