"""A Moodle that behaves as a running 4.5 was seen to, in all that a connector may trip over.

Form fields beyond `max_input_vars` are dropped without a word; every error is HTTP 200; creation is all or
nothing and never says which record was to blame; look-ups by address mind letter case, creation does not;
accounts that the token's user may not see are as if they were not there.
"""

import json
import re
import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.platforms.loopback import LoopbackServer, Reply, Request

TOKEN = "0123456789abcdef0123456789abcdef"

CREATE = "core_user_create_users"
BY_FIELD = "core_user_get_users_by_field"
GET_USERS = "core_user_get_users"
UPDATE = "core_user_update_users"
SITE_INFO = "core_webservice_get_site_info"
COHORT = "core_cohort_add_cohort_members"

VIEW_DETAILS = "moodle/user:viewdetails"
VIEW_ALL = "moodle/user:viewalldetails"
VIEW_IDENTITY = "moodle/site:viewuseridentity"
MAY_CREATE = "moodle/user:create"
MAY_UPDATE = "moodle/user:update"
MAY_ASSIGN = "moodle/cohort:assign"

_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")


class Fault(Exception):
    """An error object of Moodle's."""

    def __init__(self, code: str, message: str, kind: str = "core\\exception\\moodle_exception") -> None:
        super().__init__(message)
        self.code, self.message, self.kind = code, message, kind


def invalid() -> Fault:
    """What production says of every bad record; the cause is only shown to developers."""
    kind = "core\\exception\\invalid_parameter_exception"
    return Fault("invalidparameter", "Invalid parameter value detected", kind)


@dataclass(kw_only=True)
class Site:
    """The state of the site and the switches a test may set."""

    users: dict[int, dict[str, Any]] = field(default_factory=dict)
    cohorts: dict[str, set[int]] = field(default_factory=dict)
    functions: set[str] = field(
        default_factory=lambda: {CREATE, BY_FIELD, GET_USERS, UPDATE, SITE_INFO, COHORT}
    )
    capabilities: set[str] = field(
        default_factory=lambda: {
            VIEW_DETAILS, VIEW_ALL, VIEW_IDENTITY, MAY_CREATE, MAY_UPDATE, MAY_ASSIGN
        }
    )  # fmt: skip
    max_input_vars: int = 1000
    maintenance: bool = False
    web_services: bool = True
    extended_usernames: bool = False
    same_email_allowed: bool = False
    password_length: int = 8
    calls: list[str] = field(default_factory=list)

    def add(self, **user: Any) -> int:
        """Put an account there, by hand."""
        number = max(self.users, default=0) + 1
        blank = {"idnumber": "", "firstaccess": 0, "lastaccess": 0, "suspended": False, "hidden": False}
        self.users[number] = {**blank, "id": number, **user}
        return number

    def emails(self) -> list[str]:
        """Every learner's address, in lower case, oldest first; the accounts of a new site left out."""
        return [user["email"].lower() for user in self.users.values() if user["id"] > 3]


class MoodleServer(LoopbackServer):
    """The site over HTTP. `url` is its front page; the token is `TOKEN`, of user 3."""

    def __init__(self) -> None:
        super().__init__(self._serve)
        self.site = Site()
        self.site.add(username="guest", email="root@localhost", firstname="Guest user", lastname="")
        self.site.add(username="admin", email="Admin@example.org", firstname="Admin", lastname="User")
        self.site.add(username="rollcall", email="rollcall@example.org", firstname="Roll", lastname="Call")

    def _serve(self, request: Request) -> Reply:
        if request.path != "/webservice/rest/server.php":
            return Reply(status=404, body=b"<!DOCTYPE html><title>Error | Site</title>")
        if not self.site.web_services:
            return Reply(status=403)
        # PHP: what is beyond max_input_vars is dropped with a warning in a log nobody reads.
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True)[: self.site.max_input_vars]
        fields = nested(pairs)
        try:
            body = self._call(fields)
        except Fault as fault:
            body = {"exception": fault.kind, "errorcode": fault.code, "message": fault.message}
        if fields.get("moodlewsrestformat") != "json":
            return Reply(body=b'<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE></RESPONSE>')
        return Reply(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    def _call(self, fields: dict[str, Any]) -> Any:
        function = str(fields.get("wsfunction", ""))
        self.site.calls.append(function)
        if self.site.maintenance:
            raise Fault(
                "sitemaintenance", "The site is undergoing maintenance and is currently not available"
            )
        if fields.get("wstoken") != TOKEN:
            raise Fault("invalidtoken", "Invalid token - token not found")
        calls = {
            CREATE: self._create, BY_FIELD: self._by_field, GET_USERS: self._get_users,
            UPDATE: self._update, SITE_INFO: self._site_info, COHORT: self._add_to_cohort,
        }  # fmt: skip
        if function not in calls:
            kind = "core\\exception\\dml_missing_record_exception"
            raise Fault("invalidrecord", "Can't find data record in database table external_functions.", kind)
        if function not in self.site.functions:
            kind = "core\\exception\\webservice_access_exception"
            raise Fault("accessexception", "Access control exception", kind)
        return calls[function](fields)

    def _demand(self, capability: str, what: str) -> None:
        if capability not in self.site.capabilities:
            kind = "core\\exception\\required_capability_exception"
            said = f"Sorry, but you do not currently have permissions to do that ({what})."
            raise Fault("nopermissions", said, kind)

    def _site_info(self, _: dict[str, Any]) -> Any:
        names = [{"name": name, "version": "2024100706"} for name in sorted(self.site.functions)]
        return {
            "sitename": "Example <b>Academy</b>", "username": "rollcall", "userid": 3,
            "siteurl": self.url, "release": "4.5.6 (Build: 20250811)", "functions": names,
        }  # fmt: skip

    def _create(self, fields: dict[str, Any]) -> Any:
        records = rows(fields, "users")
        needed = {"username", "firstname", "lastname", "email"}
        for record in records:
            if needed - record.keys() or record["username"] != self._clean(record["username"]):
                raise invalid()
            if any(re.search(r"<(?!\s)", record[name]) for name in ("firstname", "lastname")):
                raise invalid()
            if not _EMAIL.fullmatch(record["email"]):
                raise invalid()
        self._demand(MAY_CREATE, "Create users")
        made: list[dict[str, Any]] = []
        before = dict(self.site.users)
        try:
            made = [self._create_one(record) for record in records]
        except Fault:
            self.site.users = before
            raise
        return made

    def _create_one(self, record: dict[str, Any]) -> dict[str, Any]:
        if any(not record[name].strip() for name in ("username", "firstname", "lastname")):
            raise invalid()
        users = self.site.users.values()
        if any(user["username"] == record["username"] for user in users):
            raise invalid()
        if record.get("auth", "manual") != "manual":
            raise invalid()
        if not record.get("password") and record.get("createpassword") != "1":
            raise invalid()
        address = record["email"].lower()
        if not self.site.same_email_allowed and any(user["email"].lower() == address for user in users):
            raise invalid()
        self._judge_password(record)
        if any(len(record[name]) > 100 for name in ("username", "firstname", "lastname", "email")):
            raise Fault(
                "dmlwriteexception", "Error writing to database", "core\\exception\\dml_write_exception"
            )
        kept = {name: record[name] for name in ("username", "firstname", "lastname", "email")}
        number = self.site.add(**kept, idnumber=record.get("idnumber", ""), password=record.get("password"))
        return {"id": number, "username": record["username"]}

    def _judge_password(self, record: dict[str, Any]) -> None:
        missed = self.site.password_length - len(record.get("password", ""))
        if "password" in record and missed > 0:
            said = f"<div>Passwords must be at least {self.site.password_length} characters long.</div>"
            raise Fault(said, f"error/{said}")

    def _clean(self, username: str) -> str:
        cleaned = username.strip().lower()
        return cleaned if self.site.extended_usernames else re.sub(r"[^-.@_a-z0-9]", "", cleaned)

    def _by_field(self, fields: dict[str, Any]) -> Any:
        name, values = fields.get("field"), fields.get("values")
        if not isinstance(values, dict):
            raise invalid()
        wanted = [str(value) for value in values.values()]
        if name == "email" and not all(_EMAIL.fullmatch(value) for value in wanted):
            raise invalid()
        # PostgreSQL: the comparison minds letter case.
        found = [user for user in self.site.users.values() if str(user.get(str(name))) in wanted]
        return [details for user in found if (details := self._details(user)) and details.get(str(name))]

    def _get_users(self, fields: dict[str, Any]) -> Any:
        criteria, warnings = rows(fields, "criteria"), []
        found = list(self.site.users.values())
        for one in criteria:
            if one["key"] not in ("email", "username", "id", "idnumber"):
                # An unknown key is ignored: the search then finds everybody.
                warnings.append({"item": one["key"], "warningcode": "invalidfieldparameter", "message": "…"})
                continue
            pattern = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in one["value"])
            found = [
                user
                for user in found
                if re.fullmatch(pattern, str(user[one["key"]]), re.IGNORECASE | re.DOTALL)
            ]
        shown = [details for user in found if (details := self._details(user))]
        return {"users": [one for one in shown if one.get("email")], "warnings": warnings}

    def _details(self, user: dict[str, Any]) -> dict[str, Any] | None:
        may = self.site.capabilities
        own = user["id"] == 3
        if user["hidden"] or (not own and VIEW_DETAILS not in may):
            return None
        shown = {"id": user["id"], "fullname": f"{user['firstname']} {user['lastname']}", "department": ""}
        shown |= {name: user[name] for name in ("firstaccess", "lastaccess", "suspended")}
        if own or VIEW_ALL in may:
            shown["username"] = user["username"]
        if own or VIEW_IDENTITY in may:
            shown["email"] = user["email"]
        if user["idnumber"] and (own or VIEW_ALL in may):
            shown["idnumber"] = user["idnumber"]
        return shown

    def _update(self, fields: dict[str, Any]) -> Any:
        self._demand(MAY_UPDATE, "Update user profiles")
        warnings = []
        for record in rows(fields, "users"):
            user = self.site.users.get(int(record["id"]))
            try:
                if user is None:
                    raise Fault("invaliduserid", "Invalid user ID")
                if user["username"] == "guest":
                    raise Fault("usernotupdatedguest", "Cannot update guest account")
                self._judge_password(record)
            except Fault as fault:
                warnings.append(
                    {
                        "item": "user",
                        "itemid": record["id"],
                        "warningcode": fault.code[:30],
                        "message": fault.message,
                    }
                )
                continue
            user |= {name: value for name, value in record.items() if name in ("password", "firstname")}
            if "suspended" in record:
                user["suspended"] = record["suspended"] == "1"
        return {"warnings": warnings}

    def _add_to_cohort(self, fields: dict[str, Any]) -> Any:
        warnings = []
        for member in rows(fields, "members"):
            cohort = self.site.cohorts.get(member["cohorttype"]["value"])
            user = int(member["usertype"]["value"])
            if cohort is None or user not in self.site.users:
                what = "cohort idnumber=… not exists" if cohort is None else "user id=… not exists"
                warnings.append({"warningcode": "2", "message": what})
            elif user in cohort:
                warnings.append({"warningcode": "3", "message": "record already exists"})
            else:
                self._demand(MAY_ASSIGN, "Assign and unassign cohort members")
                cohort.add(user)
        return {"warnings": warnings}


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Form fields as PHP reads them: `users[0][email]` becomes dicts within dicts."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        keys = [part.rstrip("]") for part in name.split("[")]
        place = result
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return result


def rows(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list parameter; a missing one, or a text, is an invalid parameter."""
    value = fields.get(name)
    if not isinstance(value, dict):
        raise invalid()
    return list(value.values())


def main() -> None:
    """Serve as a process of its own: the address on one line, then on until the input ends."""
    with MoodleServer() as server:
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
