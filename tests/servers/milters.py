"""OpenDKIM and OpenDMARC for the lab: two domains sign and publish their policies, a third does not."""

import base64
import os
import subprocess
from functools import partial
from pathlib import Path

from tests.servers.daemons import Daemon, greets
from tests.servers.place import MX, Place, ids_of
from tests.servers.zone import text_record

# Where mail seems to come from, by the port it is handed to: each of the first two addresses is in the SPF
# record of one domain, the third is nobody's (the documentation networks of RFC 5737).
ORIGINS = {"yourcompany": "192.0.2.10", "customer": "198.51.100.20", "stranger": "203.0.113.66"}
POLICIES = {"yourcompany.test": ("yourcompany", "reject"), "customer.test": ("customer", "quarantine")}
SELECTOR = "lab"

OPENDKIM = """
Syslog no
UserID opendkim
Socket inet:{ports[opendkim]}@127.0.0.1
Mode sv
KeyTable file:{etc}/dkim.keys
SigningTable refile:{etc}/dkim.signing
InternalHosts 127.0.0.0/8
ExternalIgnoreList 127.0.0.0/8
Canonicalization relaxed/relaxed
OversignHeaders From
AuthservID {mx}
AlwaysAddARHeader yes
RequireSafeKeys no
ResolverConfiguration {etc}/unbound.conf
Background no
"""
OPENDMARC = """
Syslog false
UserID opendmarc
Socket inet:{ports[opendmarc]}@127.0.0.1
AuthservID {mx}
TrustedAuthservIDs {mx}
IgnoreHosts {etc}/opendmarc.ignore
IgnoreAuthenticatedClients true
SPFIgnoreResults true
SPFSelfValidate true
RejectFailures false
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
Background false
"""
UNBOUND = """
server:
  do-daemonize: no
  local-zone: "test." nodefault
  do-not-query-localhost: no
  module-config: "iterator"
  cache-max-ttl: 0
  cache-max-negative-ttl: 0
forward-zone:
  name: "."
  forward-addr: {resolver}
"""


def make_zone(place: Place) -> dict[str, dict[str, list[str]]]:
    """Make the signing keys and the records that publish them with SPF and DMARC."""
    _key(place, "").parent.mkdir()
    records: dict[str, dict[str, list[str]]] = {
        MX: {"A": [ORIGINS["yourcompany"]]},
        "test": {"NS": [MX + "."]},
    }
    for domain, (origin, policy) in POLICIES.items():
        address = ORIGINS[origin]
        records[domain] = {
            "MX": [f"10 mx.{domain}."],
            "A": [address],
            "TXT": [f'"v=spf1 ip4:{address} -all"'],
        }
        records["mx." + domain] = {"A": [address]}
        published = text_record("v=DKIM1; k=rsa; p=" + _make_key(_key(place, domain)))
        records[f"{SELECTOR}._domainkey.{domain}"] = {"TXT": [published]}
        records["_dmarc." + domain] = {"TXT": [f'"v=DMARC1; p={policy}"']}
    records["example.test"] = {"MX": ["10 mx.example.test."]}  # publishes no SPF, DKIM or DMARC
    return records


def _key(place: Place, domain: str) -> Path:
    return place.directory / "dkim" / f"{domain}.key"


def _make_key(key: Path) -> str:
    """A new private key in the file; returns the public one as DKIM publishes it (RFC 6376 §3.6.1)."""
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    os.chown(key, *ids_of("opendkim"))
    key.chmod(0o600)
    export = ["openssl", "rsa", "-in", str(key), "-pubout", "-outform", "DER"]
    return base64.b64encode(subprocess.run(export, check=True, capture_output=True).stdout).decode()


def write_configuration(place: Place) -> None:
    """Write what the two milters and their resolver read."""
    words = {"ports": place.ports, "etc": place.etc(), "mx": MX, "resolver": place.resolver}
    keys = {domain: _key(place, domain) for domain in POLICIES}
    files = {
        "opendkim.conf": OPENDKIM.format_map(words),
        "opendmarc.conf": OPENDMARC.format_map(words),
        "unbound.conf": UNBOUND.format_map(words),
        "resolv.conf": f"nameserver {place.resolver}\noptions timeout:2 attempts:2\n",
        "dkim.keys": "".join(f"{domain} {domain}:{SELECTOR}:{key}\n" for domain, key in keys.items()),
        "dkim.signing": "".join(f"*@{domain} {domain}\n" for domain in keys),
        "opendmarc.ignore": "192.0.2.254\n",  # it would ignore 127.0.0.1 without a list
    }
    for name, text in files.items():
        place.etc(name).write_text(text)


def start_milters(place: Place) -> list[Daemon]:
    """Start both and wait until they listen."""
    signer = ["opendkim", "-f", "-x", str(place.etc("opendkim.conf"))]
    # libspf2 and libopendmarc ask the system's resolver, so this one gets a resolv.conf of its own: a
    # bind mount in a mount namespace of its own.
    mount = 'mount --bind "$1" "$(readlink -f /etc/resolv.conf)" && exec opendmarc -f -c "$2"'
    judge = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh"]
    judge += [str(place.etc("resolv.conf")), str(place.etc("opendmarc.conf"))]
    started = []
    try:
        for name, command in (("opendkim", signer), ("opendmarc", judge)):
            daemon = Daemon(command, log=place.log / f"{name}.log")
            started.append(daemon)
            daemon.wait_for(partial(greets, place.ports[name], b""))
    except BaseException:
        for daemon in started:
            daemon.stop(0.2)
        raise
    return started
