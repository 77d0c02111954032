"""How accounts are made over SCIM: in bulk where it is offered, one by one where not, in doubt looked up."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.directories.http import Answer
from bot.directories.names import NameRules, stamp_of, username_of, why_refused
from bot.directories.outcomes import in_order, refused, taken
from bot.directories.passwords import random_password
from bot.directories.scim_find import ScimFinder
from bot.directories.scim_rules import Leanness, packed, user_resource
from bot.directories.scim_wire import BULK_REQUEST, ScimWire, dumped
from bot.errors import DirectoryRefused, DirectoryUnavailable
from bot.values.learner import Account, CreateResult, CreateStatus, Learner

_NO_BULK = frozenset({400, 403, 404, 405, 415, 422, 501})
_ENVELOPE = 200  # bytes around the operations of a bulk request
_LATER = frozenset({408, 425, 429})

Results = dict[str, CreateResult]
Planned = tuple[Learner, dict[str, Any]]  # a learner and the bulk operation that creates it


class ScimMaker:
    """Creates accounts, at most `batch_size` a bulk request; `bulk` False makes them one by one.

    `password_length` above 0 gives each a random password, for services that demand one.
    """

    def __init__(
        self,
        wire: ScimWire,
        finder: ScimFinder,
        rules: NameRules,
        *,
        batch_size: int,
        bulk: bool,
        password_length: int,
    ) -> None:
        self._wire = wire
        self._finder = finder
        self._rules = rules
        self._batch_size = batch_size
        self._bulk = bulk
        self._password_length = password_length
        self._lean = Leanness.WHOLE

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        """A result each, in order. What was made before an error is found by the next look-up."""
        results: Results = {}
        wanted: dict[str, Learner] = {}
        for learner in learners:
            if reason := why_refused(learner, self._rules):
                results[learner.key] = refused(learner, reason)
            else:
                wanted.setdefault(learner.key, learner)
        rows = list(wanted.values())
        if self._bulk and len(rows) > 1 and self._wire.provider().bulk_operations > 1:
            results |= self._create_in_bulk(rows, stamp)
        else:
            results |= self._create_singly(rows, stamp)
        return in_order(learners, results)

    def _create_in_bulk(self, rows: Sequence[Learner], stamp: str) -> Results:
        provider = self._wire.provider()
        planned = [(row, self._operation(row, stamp, number)) for number, row in enumerate(rows)]
        sized = [(one, len(dumped(one[1])) + 1) for one in planned]
        most = min(provider.bulk_operations, self._batch_size)
        results: Results = {}
        for group in packed(sized, most=most, bytes_in_all=provider.bulk_bytes - _ENVELOPE):
            if self._bulk:
                results |= self._send_bulk(group, stamp)
            else:
                results |= self._create_singly([row for row, _ in group], stamp)
        return results

    def _send_bulk(self, group: Sequence[Planned], stamp: str) -> Results:
        operations = [operation for _, operation in group]
        answer = self._wire.send("POST", "/Bulk", {"schemas": [BULK_REQUEST], "Operations": operations})
        if answer.status == 413 and len(group) > 1:
            half = len(group) // 2
            return self._send_bulk(group[:half], stamp) | self._send_bulk(group[half:], stamp)
        if answer.status == 413 or answer.status in _NO_BULK:
            self._bulk = answer.status == 413
            return self._create_singly([row for row, _ in group], stamp)
        if not answer.ok:
            raise self._wire.refusal("to create accounts in bulk", answer)
        return self._read_bulk(group, stamp, self._wire.read(answer))

    def _read_bulk(self, group: Sequence[Planned], stamp: str, body: Mapping[str, Any]) -> Results:
        """Each operation by its bulkId; one missing from the answer was not executed (RFC 7644 §3.7.3)."""
        listed = body.get("Operations")
        operations = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        by_id = {str(one.get("bulkId")): one for one in operations}
        results: Results = {}
        doubtful: list[Learner] = []
        for row, asked in group:
            operation = by_id.get(asked["bulkId"])
            status = _status(operation)
            self._raise_unless_a_row(status)
            account_id = _id_of(operation)
            if 200 <= status < 300 and account_id:
                results[row.key] = self._made(row, account_id, stamp)
            else:
                doubtful.append(row)
        return results | (self._settle(doubtful, stamp) if doubtful else {})

    def _settle(self, rows: Sequence[Learner], stamp: str) -> Results:
        """Rows of a bulk answer that is silent or says no: what exists is looked up, the rest made singly."""
        found = self._finder.find([row.email for row in rows])
        results: Results = {}
        for row in rows:
            account = found.get(row.key)
            # Alone, so that a service's oddities with bulk cannot fail a good row.
            results[row.key] = taken(row, account, stamp) if account else self._create_one(row, stamp)
        return results

    def _create_singly(self, rows: Sequence[Learner], stamp: str) -> Results:
        return {row.key: self._create_one(row, stamp) for row in rows}

    def _create_one(self, row: Learner, stamp: str) -> CreateResult:
        answer = self._wire.send("POST", "/Users", self._resource(row, stamp))
        if answer.ok:
            return self._read_made(row, answer, stamp)
        if answer.status in (403, 404, 405, 501):
            raise self._wire.refusal("to create accounts", answer)
        # 409, or one of the 400s that some services answer instead: what is there decides, not the words.
        account = self._finder.find([row.email]).get(row.key)
        if account is not None or answer.status == 409:
            return taken(row, account, stamp)
        return self._create_leaner(row, stamp) or refused(
            row, f"the platform says: {self._wire.words(answer)}"
        )

    def _create_leaner(self, row: Learner, stamp: str) -> CreateResult | None:
        """Try with less, and stay with it where that was the trouble; None where it was not."""
        for lean in Leanness:
            if lean > self._lean:
                answer = self._wire.send("POST", "/Users", self._resource(row, stamp, lean))
                if answer.ok:
                    self._lean = lean
                    return self._read_made(row, answer, stamp)
        return None

    def _read_made(self, row: Learner, answer: Answer, stamp: str) -> CreateResult:
        body = answer.json(self._wire.platform) if answer.body.strip() else {}
        body = body if isinstance(body, dict) else {}
        kept = stamp_of(str(body.get("externalId") or ""), row.key)
        account_id = str(body.get("id") or "") or _last_part(answer.headers.get("location", ""))
        if account_id and (answer.status == 201 or kept in ("", stamp)):
            return self._made(row, account_id, kept if body else stamp)
        # 200 with somebody else's mark is how some services answer for an account that was there.
        account = self._finder.find([row.email]).get(row.key)
        if account is None:
            raise DirectoryUnavailable(f"{self._wire.platform} says it made an account, but does not show it")
        return taken(row, account, stamp)

    def _operation(self, row: Learner, stamp: str, number: int) -> dict[str, Any]:
        data = self._resource(row, stamp)
        return {"method": "POST", "path": "/Users", "bulkId": f"row{number}", "data": data}

    def _resource(self, row: Learner, stamp: str, lean: Leanness | None = None) -> dict[str, Any]:
        chosen = self._lean if lean is None else lean
        resource = user_resource(row, username_of(row.email, self._rules), stamp, chosen)
        if self._password_length:
            resource["password"] = random_password(self._password_length)
        return resource

    def _made(self, row: Learner, account_id: str, stamp: str) -> CreateResult:
        username = username_of(row.email, self._rules)
        kept = "" if self._lean is Leanness.BARE else stamp
        account = Account(id=account_id, username=username, email=row.email, key=row.key, stamp=kept)
        return CreateResult(key=row.key, status=CreateStatus.CREATED, account=account)

    def _raise_unless_a_row(self, status: int) -> None:
        if status in (401, 403):
            raise DirectoryRefused(f"{self._wire.platform} does not let us create accounts (status {status})")
        if status in _LATER or status >= 500:
            raise DirectoryUnavailable(f"{self._wire.platform} did not carry out all of a bulk ({status})")


def _status(operation: Mapping[str, Any] | None) -> int:
    """The status of one operation: text by RFC 7644 §3.7, a number or {"code": …} in the wild; 0 if none."""
    status = operation.get("status") if operation else None
    if isinstance(status, dict):
        status = status.get("code")
    return int(status) if isinstance(status, int) or (isinstance(status, str) and status.isdecimal()) else 0


def _id_of(operation: Mapping[str, Any] | None) -> str:
    """The new account's id: the last part of its location, or inside the response where one is given."""
    if operation is None:
        return ""
    response = operation.get("response")
    inside = str(response.get("id") or "") if isinstance(response, dict) else ""
    return inside or _last_part(str(operation.get("location") or ""))


def _last_part(location: str) -> str:
    return location.partition("?")[0].rstrip("/").rpartition("/")[2]
