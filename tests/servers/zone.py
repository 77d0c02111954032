"""The lab's DNS: a name server for one zone that a test may change, over dnspython's messages."""

from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

SERVFAIL = "SERVFAIL"
AUTHORITY = "mx.yourcompany.test. hostmaster.test. 1 60 60 60 1"


@dataclass
class Zone:
    """`records` maps a name to {record type: values}; the type `SERVFAIL` makes its look-ups fail.

    Names that end in a known one exist; every other name in the world does not.
    """

    records: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def answer(self, query: bytes) -> bytes:
        """One DNS query answered (RFC 1035 §4)."""
        asked = dns.message.from_wire(query)
        response = dns.message.make_response(asked, recursion_available=True)
        response.flags |= dns.flags.AA
        question = asked.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        records = self.records.get(name, {})
        if SERVFAIL in records:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif values := records.get(dns.rdatatype.to_text(question.rdtype)):
            response.answer.append(dns.rrset.from_text_list(question.name, 1, "IN", question.rdtype, values))
        else:
            if not any(known == name or known.endswith("." + name) for known in self.records):
                response.set_rcode(dns.rcode.NXDOMAIN)
            response.authority.append(dns.rrset.from_text("test.", 1, "IN", "SOA", AUTHORITY))
        return response.to_wire()


def text_record(text: str) -> str:
    """A TXT value in pieces of at most 255 bytes, as a zone file writes it (RFC 1035 §3.3.14)."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
