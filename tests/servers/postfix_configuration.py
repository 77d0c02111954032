"""What Postfix reads in the lab: it takes mail from the lab's users, and delivers to its own domains only."""

import grp
import os
import re
import time
from pathlib import Path

from tests.servers.place import DOMAINS, MX, USERS, Place, ids_of

PROGRAMS = Path("/usr/lib/postfix/sbin")
# How the submission server greets the MX when mail makes the extra hop of `auth`.
HOP = "submission.yourcompany.test"
QUEUES = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
)

MAIN = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = {programs}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}/postfix.log
maillog_file_prefixes = {log}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {mx}
mydomain = yourcompany.test
myorigin = yourcompany.test
mydestination =
mynetworks =
local_recipient_maps =
alias_maps =
alias_database =
biff = no
append_dot_mydomain = no
recipient_delimiter = +
message_size_limit = {size}
smtputf8_enable = yes
# Mail for these domains goes to Dovecot; nothing else can leave the machine.
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = regexp:{etc}/users.regexp
virtual_alias_maps = regexp:{etc}/aliases.regexp
virtual_transport = lmtp:inet:127.0.0.1:{ports[lmtp]}
default_transport = error:5.1.2 this lab delivers only to its own domains
relay_transport = $default_transport
local_transport = $default_transport
smtpd_peername_lookup = no
smtpd_helo_required = yes
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient, check_policy_service $lab_policy
smtpd_data_restrictions = reject_unauth_pipelining, check_policy_service $lab_policy
smtpd_end_of_data_restrictions = check_policy_service $lab_policy
smtpd_tls_chain_files = {key}, {certificate}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_session_cache_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{ports[sasl]}
smtpd_sasl_security_options = noanonymous
smtpd_sender_login_maps = regexp:{etc}/owners.regexp
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
# A test that makes a delivery fail does not want to wait five minutes for the next try.
minimal_backoff_time = 1s
maximal_backoff_time = 5s
queue_run_delay = 2s
maximal_queue_lifetime = 1h
bounce_queue_lifetime = 1h
in_flow_delay = 0s
milter_default_action = tempfail
lab_policy = {{ inet:127.0.0.1:{ports[policy]}, timeout=10s, default_action=DUNNO }}
lab_origin = check_sender_access regexp:{etc}/origin.regexp
lab_hop = {hop}
"""

# Submission signs and hands the mail to the MX as if from the sender's own site, and the MX verifies:
# one hop more, as on the real Internet, so that replies are checked too.
MASTER = """
pickup    unix n - n 60  1 pickup
cleanup   unix n - n -   0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n -   - trivial-rewrite
bounce    unix - - n -   0 bounce
defer     unix - - n -   0 bounce
trace     unix - - n -   0 bounce
verify    unix - - n -   1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n -   - proxymap
proxywrite unix - - n -  1 proxymap
smtp      unix - - n -   - error
relay     unix - - n -   - error
mxhop     unix - - n -   - smtp
  -o smtp_tls_security_level=none
  -o smtp_send_xforward_command=no
  -o disable_dns_lookups=yes
  -o smtp_helo_name=$lab_hop
showq     unix n - n -   - showq
error     unix - - n -   - error
retry     unix - - n -   - error
discard   unix - - n -   - discard
lmtp      unix - - n -   - lmtp
anvil     unix - - n -   1 anvil
scache    unix - - n -   1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def write_configuration(place: Place) -> None:
    """Write main.cf, master.cf and the lookup tables, and lay out an empty queue."""
    home = place.directory / "postfix"
    _lay_out(home)
    text = MAIN.format(
        queue=home / "queue",
        data=home / "data",
        etc=home / "etc",
        programs=PROGRAMS,
        log=place.log,
        mx=MX,
        hop=HOP,
        size=place.options.size_limit,
        domains=", ".join(DOMAINS),
        ports=place.ports,
        certificate=place.certificates.server,
        key=place.certificates.server_key,
    )
    files = {"main.cf": text, "master.cf": _listeners(place) + MASTER, **_tables(place)}
    for name, content in files.items():
        (home / "etc" / name).write_text(content)
    # Postfix waits while its main.cf is younger than a second or two, lest it be half written.
    os.utime(home / "etc" / "main.cf", (time.time() - 60,) * 2)


def _lay_out(home: Path) -> None:
    """The directories with the owners and modes that `postfix set-permissions` would give them."""
    postfix, postdrop = ids_of("postfix")[0], grp.getgrnam("postdrop").gr_gid
    tree = [
        ("etc", 0, 0, 0o755),
        ("queue", 0, 0, 0o755),
        ("queue/pid", 0, 0, 0o755),
        ("data", postfix, 0, 0o700),
    ]
    tree += [("queue/public", postfix, postdrop, 0o2710), ("queue/maildrop", postfix, postdrop, 0o1730)]
    tree += [(f"queue/{name}", postfix, 0, 0o700) for name in QUEUES]
    for name, uid, gid, mode in tree:
        directory = home / name
        directory.mkdir(parents=True, exist_ok=True)
        os.chown(directory, uid, gid)
        directory.chmod(mode)


def _tables(place: Place) -> dict[str, str]:
    """{file name: text} of the lookup tables."""
    users = "|".join(map(re.escape, USERS))
    origins = {"@yourcompany\\.test$": "yourcompany", "@customer\\.test$": "customer", "^": "stranger"}
    hops = [f"/{sender}/ FILTER mxhop:[127.0.0.1]:{{mx_from_{name}}}\n" for sender, name in origins.items()]
    return {
        # Mail for late-bounce is taken here and refused by Dovecot, so that a bounce comes back.
        "users.regexp": f"/^({users}|late-bounce)(\\+[^@]*)?@/ ok\n",
        "aliases.regexp": "/^(postmaster|abuse)@/ support@yourcompany.test\n",
        "owners.regexp": f"/^({users})(\\+[^@]*)?@/ ${{1}}\n",
        "origin.regexp": "".join(hops).format_map(place.ports) if place.options.auth else "",
    }


def _listeners(place: Place) -> str:
    """The smtpd lines of master.cf: the MX, and submission with STARTTLS, with TLS at once and in clear."""
    submit = ["smtpd_sasl_auth_enable=yes", "smtpd_client_restrictions=permit_sasl_authenticated,reject"]
    senders = ["reject_authenticated_sender_login_mismatch"] if place.options.strict_sender else []
    arriving: list[str] = []
    if place.options.auth:
        signer, judge = (f"inet:127.0.0.1:{place.ports[name]}" for name in ("opendkim", "opendmarc"))
        submit.append(f"smtpd_milters={signer}")
        senders.append("$lab_origin")
        arriving.append(f"smtpd_milters={signer},{judge}")
    if senders:
        submit.append("smtpd_sender_restrictions=" + ",".join(senders))
    listeners = {
        "mx": arriving,
        "submission": ["smtpd_tls_security_level=encrypt", *submit],
        "submissions": ["smtpd_tls_wrappermode=yes", *submit],
        "submission_plain": ["smtpd_tls_security_level=none", "smtpd_tls_auth_only=no", *submit],
    }
    if place.options.auth:
        listeners["mx_haproxy"] = ["smtpd_upstream_proxy_protocol=haproxy", *arriving]
    lines = []
    for name, options in listeners.items():
        lines.append(f"127.0.0.1:{place.ports[name]} inet n - n - - smtpd")
        lines += [f"  -o {option}" for option in (f"syslog_name=postfix/{name}", *options)]
    return "\n".join(lines)
