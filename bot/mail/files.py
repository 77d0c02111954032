"""Decides for every leaf part whether it is words or a file, and gathers both within the limits."""

import re
from dataclasses import dataclass, field

from bot.mail.charset import decode_bytes
from bot.mail.kinds import FileKind, sniff_kind
from bot.mail.names import clean_name, extension_of, read_name
from bot.mail.parts import Leaf
from bot.mail.tnef import open_tnef
from bot.mail.transfer import take_uuencoded
from bot.values.message import Attachment, MessageLimits, Owner, TextPart

# Signatures and resource forks come with a mail; nobody attached them.
_NOT_FILES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-keys",
        "application/applefile",
        "text/x-amp-html",
    }
)
_BODY_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-markdown"})
_SHEET_EXTENSIONS = frozenset({"xlsx", "xlsm", "xlsb", "xltx", "xls", "ods", "csv", "tsv", "numbers"})
_ARMOUR = ("-----BEGIN PGP SIGNED MESSAGE-----\n", "\n\n", "\n-----BEGIN PGP SIGNATURE-----")
_ARMOUR_END = "-----END PGP SIGNATURE-----"
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)


@dataclass(kw_only=True, slots=True)
class Gathered:
    """The words and files of one message, filled leaf by leaf in order of appearance."""

    limits: MessageLimits
    texts: list[TextPart] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    kinds_by_alternative: dict[int, set[str]] = field(default_factory=dict)
    tnef_failed: bool = False

    @property
    def alternatives(self) -> bool:
        """Whether one multipart/alternative of the sender's own holds plain text and HTML."""
        return any({"plain", "html"} <= kinds for kinds in self.kinds_by_alternative.values())

    def take(self, leaf: Leaf) -> None:
        """Sort one leaf in."""
        if leaf.content_type in _NOT_FILES:
            return
        content = leaf.content()
        name = read_name(leaf.part)
        kind = sniff_kind(content)
        if kind is FileKind.TNEF or leaf.content_type in {"application/ms-tnef", "application/vnd.ms-tnef"}:
            self._take_tnef(content, leaf.owner)
        elif self._is_body(leaf, name, kind):
            self._take_text(leaf, content)
        else:
            self._take_file(leaf, name, content, kind)

    def _is_body(self, leaf: Leaf, name: str, kind: FileKind) -> bool:
        if leaf.content_type not in _BODY_TYPES or kind in {FileKind.WORKBOOK, FileKind.OLE, FileKind.ZIP}:
            return False
        if _disposition(leaf) == "attachment" or extension_of(name) in _SHEET_EXTENSIONS:
            return False
        if not name:
            return True
        # Some mailers name the body itself; a table under a name is a file all the same.
        spoken = any(text.owner == leaf.owner for text in self.texts)
        return not spoken and kind not in {FileKind.COLUMNS, FileKind.HTML_TABLE}

    def _take_text(self, leaf: Leaf, content: bytes) -> None:
        kind = "html" if leaf.content_type == "text/html" else "plain"
        text = _read_text(leaf, content[: self.limits.text_bytes], kind)
        if len(content) > self.limits.text_bytes:
            self._note("a text is over the limit and was cut")
        if kind == "plain":
            text, files = take_uuencoded(_without_armour(text))
            for found in files:
                self._add(found.name, found.content, "application/octet-stream", leaf.owner, inline=False)
        if text.strip():
            self.texts.append(TextPart(kind=kind, text=text, owner=leaf.owner))
            if leaf.alternative and leaf.owner is Owner.OWN:
                self.kinds_by_alternative.setdefault(leaf.alternative, set()).add(kind)

    def _take_file(self, leaf: Leaf, name: str, content: bytes, kind: FileKind) -> None:
        declared = extension_of(name) in _SHEET_EXTENSIONS
        if not content.strip() and not declared:
            return
        inline = _disposition(leaf) == "inline" or (
            leaf.content_type.startswith("image/") and leaf.part.get("content-id") is not None
        )
        self._add(name, content, leaf.content_type, leaf.owner, inline=inline)

    def _take_tnef(self, content: bytes, owner: Owner) -> None:
        # A hostile one costs seconds: after the first failure no other is tried.
        opened = None if self.tnef_failed else open_tnef(content)
        if opened is None:
            self.tnef_failed = True
            self._note("winmail.dat could not be opened")
            self._add("winmail.dat", content, "application/ms-tnef", owner, inline=False)
            return
        for name, data in opened.files:
            self._add(name, data, "application/octet-stream", owner, inline=False)
        if opened.text.strip() and not any(text.owner == owner for text in self.texts):
            self.texts.append(TextPart(kind="plain", text=opened.text, owner=owner))

    def _add(self, name: str, content: bytes, content_type: str, owner: Owner, *, inline: bool) -> None:
        fallback = f"attachment-{len(self.attachments) + 1}.{sniff_kind(content).value}"
        attachment = Attachment(
            name=clean_name(name, fallback) if name else fallback,
            content=content,
            content_type=content_type,
            owner=owner,
            inline=inline,
        )
        twin = self._twin_of(attachment, named=bool(name))
        if twin is not None:
            # The sender's own copy counts for more than the one in the mail they forward.
            if self.attachments[twin].owner is Owner.FORWARDED:
                self.attachments[twin] = attachment
        elif len(self.attachments) < self.limits.attachments:
            self.attachments.append(attachment)
        else:
            self._note("more attachments than the limit; the rest was not read")

    def _twin_of(self, new: Attachment, *, named: bool) -> int | None:
        for index, old in enumerate(self.attachments):
            same_name = not named or old.name.lower() == new.name.lower()
            if same_name and old.content == new.content:
                return index
        return None

    def _note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def _disposition(leaf: Leaf) -> str:
    value = str(leaf.part.get("content-disposition", ""))
    return value.partition(";")[0].strip().lower()


def _read_text(leaf: Leaf, content: bytes, kind: str) -> str:
    declared = _charset(leaf)
    if not declared and kind == "html":
        meta = _META_CHARSET.search(content[:4096])
        declared = meta.group(1).decode("ascii") if meta else ""
    text = decode_bytes(content, declared)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _charset(leaf: Leaf) -> str:
    try:
        declared = leaf.part.get_param("charset", "")
    except (ValueError, TypeError, IndexError, LookupError, AttributeError):
        return ""
    return str(declared[2]) if isinstance(declared, tuple) else str(declared or "")


def _without_armour(text: str) -> str:
    """The words inside a clear-signed text (RFC 4880 §7), their dash-escapes undone."""
    before, begin, rest = text.partition(_ARMOUR[0])
    _, _, rest = ("\n" + rest).partition(_ARMOUR[1])
    signed, signature, rest = rest.partition(_ARMOUR[2])
    _, end, after = rest.partition(_ARMOUR_END)
    if not (begin and signature and end):
        return text
    return before + re.sub(r"^- ", "", signed, flags=re.MULTILINE) + "\n" + after.lstrip("\n")
