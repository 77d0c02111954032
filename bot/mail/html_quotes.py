"""Which elements mail programs put around quotes, dividers and signatures; asked by the HTML reader."""

import re
from enum import Enum, auto

from bot.mail.html_style import Attributes


class Role(Enum):
    """What an element says about the words in it."""

    PLAIN = auto()  # nothing
    QUOTED = auto()  # the mail answered
    ATTRIBUTION = auto()  # the line that names who wrote the quote below; "Forwarded message" stands here too
    CONTAINER = auto()  # attribution, quotes and whatever was written between them
    INDENTED = auto()  # a bare block quote: a quote, or the sender's own indentation
    DIVIDER = auto()  # what follows, in or after it, is the mail answered
    DIVIDER_IF_HEADED = auto()  # the same, if a From: line follows: the style alone is used elsewhere too
    SIGNATURE = auto()  # a signature the program put in by itself


_CONTAINERS = {
    "gmail_quote",
    "gmail_quote_container",
    "gmail_extra",
    "zmail_extra",
    "yahoo_quoted",
    "protonmail_quote",
    "x_gmail_quote",
    "tutanota_quote",
    "hs_reply",
    "gmailquote",
    "mail-quote-collapse",
    "quotedmessage",
}
_QUOTES = {
    "freshdesk_quote",
    "front-blockquote",
    "blockquote_zmail",
    "wordsection-quoted",
    "mailquote",
    "mcnttmpquote",
    "zd-quoted",
    "quote",
    "quoted-text",
    "quoted",
    "quotedtext",
    "moz-email-headers-table-quoted",
    "zendesk_quote",
    "groove_quote",
    "helpscout_quote",
    "replyforwardquote",
    "sh-color-quoted",
    "itemquote",
}
_ATTRIBUTIONS = {"gmail_attr", "moz-cite-prefix", "x_moz-cite-prefix", "adm-quote-prefix", "reply-intro"}
_SIGNATURES = {
    "gmail_signature",
    "gmail_signature_prefix",
    "moz-signature",
    "protonmail_signature_block",
    "x_gmail_signature",
    "ms-outlook-mobile-signature",
    "signature",
    "ms-outlook-ios-signature",
    "zmail_signature",
    "hs_signature",
    "applemailsignature",
    "x_moz-signature",
    "email-signature",
    "tutanota_signature",
}
_DIVIDER_IDS = {
    "divrplyfwdmsg",
    "x_divrplyfwdmsg",
    "appendonsend",
    "x_appendonsend",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "olk_src_body_section",
    "mac_outlook_attribution_blockquote",
    "reply-separator",
    "replysplit",
    "reply_separator",
    "isforwardcontent",
    "isreplycontent",
    "docs-internal-reply",
    "orig-msg",
    "spark-quoted",
}
_DIVIDER_CLASSES = {
    "outlookmessageheader",
    "ms-outlook-mobile-reference-message",
    "replyheader",
    "reply-divider",
    "quoted-header",
}
_SIGNATURE_IDS = {
    "signature",
    "x_signature",
    "ms-outlook-mobile-signature",
    "applemailsignature",
    "lineBreakAtBeginningOfSignature".lower(),
    "signaturesection",
}
# Outlook draws this line above the header block of the mail it answers; three greys over its versions.
_OUTLOOK_LINE = re.compile(
    r"border-top:\s*(?:solid\s+#?(?:e1e1e1|b5c4df)|1(?:\.0)?p[tx]\s+solid\s+#?(?:e1e1e1|b5c4df)|#?(?:e1e1e1|b5c4df)|[\d.]*p[tx]?\s*solid\s*rgb\(225,\s*225,\s*225\)|solid\s*rgb\(225,\s*225,\s*225\))"
)
_OWN_INDENT = re.compile(r"border(?:-left)?:\s*(?:none|0)|margin:\s*0(?:px)?\s+0(?:px)?\s+0(?:px)?\s+40px")
_QUOTE_LINE = re.compile(r"border-left[^;]*(?:solid|\d)|border-left-(?:width|style|color)")


def role_of(tag: str, attributes: Attributes) -> Role:
    """What one element says about the words in it, by the marks that the common mail programs leave."""
    if not attributes:
        return Role.INDENTED if tag == "blockquote" else Role.PLAIN
    classes = set((attributes.get("class") or "").lower().split())
    name = (attributes.get("id") or "").lower()
    style = (attributes.get("style") or "").lower()
    if tag == "blockquote":
        return _role_of_blockquote(attributes, classes, style)
    if classes & _ATTRIBUTIONS:
        return Role.ATTRIBUTION
    if classes & _CONTAINERS:
        return Role.CONTAINER
    if name in _DIVIDER_IDS or classes & _DIVIDER_CLASSES:
        return Role.DIVIDER
    if classes & _QUOTES:
        return Role.QUOTED
    if (
        classes & _SIGNATURES
        or name in _SIGNATURE_IDS
        or attributes.get("data-smartmail") == "gmail_signature"
    ):
        return Role.SIGNATURE
    if "border-top" in style and _OUTLOOK_LINE.search(style):
        return Role.DIVIDER_IF_HEADED
    return Role.PLAIN


def _role_of_blockquote(attributes: Attributes, classes: set[str], style: str) -> Role:
    """`type=cite` and the programs' classes mark quotes; a bare one may be the sender's indentation."""
    if (attributes.get("type") or "").lower() == "cite" or attributes.get("cite"):
        return Role.QUOTED
    if "webkit-indent-blockquote" in classes or _OWN_INDENT.search(style):
        return Role.INDENTED
    if classes - {"msonormal"} or _QUOTE_LINE.search(style):
        return Role.QUOTED
    return Role.INDENTED
