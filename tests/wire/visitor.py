"""A visitor of the portal without a browser: keeps cookies, reads forms, and posts what they hold."""

from dataclasses import dataclass, field

import httpx
from selectolax.lexbor import LexborHTMLParser

# The portal of tests speaks plain HTTP; reading the authorities anew for each takes longer than a page.
TRUST = httpx.create_ssl_context()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of a page: where it goes, and its fields with what stands in them."""

    action: str
    fields: dict[str, str]
    multipart: bool


@dataclass
class Visitor:
    """One browser. `base` is the portal's address; `address` is forwarded as if a proxy had seen it."""

    base: str
    address: str = ""
    page: httpx.Response = field(init=False)

    def __post_init__(self) -> None:
        headers = {"x-forwarded-for": self.address} if self.address else {}
        self.client = httpx.Client(base_url=self.base, headers=headers, timeout=60, verify=TRUST)

    def open(self, path: str) -> str:
        """Go to a page; returns its words."""
        self.page = self.client.get(path, follow_redirects=True)
        return self.words()

    def words(self) -> str:
        """The text of the page."""
        body = LexborHTMLParser(self.page.text).body
        return " ".join(body.text(separator=" ").split()) if body else ""

    def forms(self) -> list[Form]:
        """Every form of the page."""
        found = []
        for form in LexborHTMLParser(self.page.text).css("form"):
            fields = {
                str(node.attributes["name"]): node.attributes.get("value") or ""
                for node in form.css("input, textarea")
                if node.attributes.get("name")
                and (node.attributes.get("type") != "radio" or "checked" in node.attributes)
            }
            found.append(
                Form(
                    action=form.attributes.get("action") or str(self.page.url),
                    fields=fields,
                    multipart=form.attributes.get("enctype") == "multipart/form-data",
                )
            )
        return found

    def submit(
        self, *, form: int = 0, files: dict[str, tuple[str, bytes]] | None = None, **values: str
    ) -> str:
        """Fill in a form of the page and send it; follows where it leads, and returns the words there."""
        chosen = self.forms()[form]
        data = chosen.fields | values
        # A browser sends an empty file where none was chosen.
        sent = files if files is not None else {"sheet": ("", b"")} if chosen.multipart else None
        self.page = self.client.post(chosen.action, data=data, files=sent, follow_redirects=True)
        return self.words()

    def close(self) -> None:
        self.client.close()

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
