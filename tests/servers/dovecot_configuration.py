"""What Dovecot 2.3 reads in the lab: its configuration and its users' logins."""

import os
import time

from tests.servers.place import MX, Login, Place, ids_of

USER = "dovecot"
SPECIAL_FOLDERS = ("Drafts", "Sent", "Junk", "Trash", "Archive")
# These would each chroot, which needs a directory layout of root's.
UNCHROOTED = ("anvil", "stats", "imap-urlauth-login", "submission-login", "pop3-login")

CONFIGURATION = """
base_dir = {run}
state_dir = {run}
protocols = imap lmtp
listen = 127.0.0.1
log_path = {log}
default_internal_user = {user}
default_internal_group = {user}
default_login_user = {user}
default_client_limit = 1000
default_process_limit = 200
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_uid = {uid}
mail_gid = {gid}
mail_location = {format}:~/{format}
# A test outlives no power cut.
mail_fsync = never
mail_max_userip_connections = {connections}
mail_plugins = quota
recipient_delimiter = +
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
auth_failure_delay = 0
{capability}
imap_idle_notify_interval = 2 mins
lmtp_save_to_detail_mailbox = no
hostname = {mx}
postmaster_address = postmaster@yourcompany.test
passdb {{
  driver = passwd-file
  args = username_format=%n {users}
}}
userdb {{
  driver = passwd-file
  args = username_format=%n {users}
  default_fields = uid={uid} gid={gid} home={mail}/%n
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
{folders}
}}
{unchrooted}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  process_limit = 1
  client_limit = 1000
  inet_listener imap {{
    address = 127.0.0.1
    port = {ports[imap]}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {ports[imaps]}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 1000
}}
service lmtp {{
  process_min_avail = 1
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {ports[lmtp]}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {ports[sasl]}
  }}
}}
# No penalty for the wrong passwords that tests use.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
FOLDER = "  mailbox {name} {{\n    special_use = \\{name}\n    auto = subscribe\n  }}"


def write_configuration(place: Place) -> None:
    """Write dovecot.conf and make the directories it names."""
    uid, gid = ids_of(USER)
    for directory in (place.directory / "run", place.directory / "mail", place.log):
        directory.mkdir(parents=True, exist_ok=True)
        os.chown(directory, uid, gid)
    log = place.log / "dovecot.log"
    log.touch()
    os.chown(log, uid, gid)
    options = place.options
    text = CONFIGURATION.format(
        run=place.directory / "run",
        log=log,
        mail=place.directory / "mail",
        users=place.etc("users"),
        user=USER,
        uid=uid,
        gid=gid,
        format=options.format,
        connections=options.max_connections,
        certificate=place.certificates.server,
        key=place.certificates.server_key,
        capability=f"imap_capability = {options.capability}" if options.capability else "",
        mx=MX,
        separator=options.separator,
        prefix=options.inbox_prefix,
        folders="\n".join(FOLDER.format(name=name) for name in SPECIAL_FOLDERS),
        unchrooted="\n".join(f"service {name} {{\n  chroot =\n}}" for name in UNCHROOTED),
        ports=place.ports,
    )
    place.etc("dovecot.conf").write_text(text)


def write_logins(place: Place, logins: dict[str, Login]) -> None:
    """Replace the password file in one step; Dovecot looks at it again in the next second."""
    new = place.etc("users.new")
    new.write_text(
        "".join(f"{user}:{{PLAIN}}{login.password}::::::{_limit(login)}\n" for user, login in logins.items())
    )
    os.chown(new, *ids_of(USER))
    new.chmod(0o640)
    old = place.etc("users")
    if old.exists():  # it is read again only if its time, in whole seconds, has changed
        os.utime(new, (0, max(int(time.time()), int(old.stat().st_mtime) + 1)))
    new.replace(old)


def _limit(login: Login) -> str:
    return "" if login.quota is None else f"userdb_quota_rule=*:bytes={login.quota}"
