"""Links to sheets in a cloud drive: whose drive it is, so that the reply can say how to get a file out."""

from urllib.parse import urlsplit

_SERVICES = {
    "google": ("google.com", "goo.gl"),
    "microsoft": ("sharepoint.com", "onedrive.com", "live.com", "office.com", "1drv.ms", "sharepoint.us"),
    "dropbox": ("dropbox.com", "db.tt"),
    "apple": ("icloud.com",),
}


def host_of(link: str) -> str:
    """The host a link leads to, for people; '' for no link at all."""
    if not link:
        return ""
    try:
        host = urlsplit(link if "://" in link else f"https://{link}").hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.") or "a cloud drive"


def service_of(host: str) -> str:
    """'google', 'microsoft', 'dropbox', 'apple', or '' for another drive."""
    for service, domains in _SERVICES.items():
        if any(host == domain or host.endswith(f".{domain}") for domain in domains):
            return service
    return ""
