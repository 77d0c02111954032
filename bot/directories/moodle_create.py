"""How accounts are made in Moodle: in batches that are all or nothing, down to the one that is to blame."""

from collections.abc import Sequence

from bot.directories.http import plain_words
from bot.directories.moodle_find import BLIND, MoodleFinder
from bot.directories.moodle_rules import moodle_email
from bot.directories.moodle_wire import MoodleError, MoodleWire, records
from bot.directories.names import NameRules, mark_of, username_of, why_refused
from bot.directories.outcomes import in_order, refused, taken
from bot.directories.passwords import random_password
from bot.errors import DirectoryRefused, DirectoryUnavailable
from bot.values.learner import Account, CreateResult, CreateStatus, Learner

CREATE = "core_user_create_users"


class MoodleMaker:
    """Creates accounts, `batch_size` a request.

    `stamps` keeps our mark in the ID number; `password_length` 0 lets Moodle make the password and mail it.
    """

    def __init__(
        self,
        wire: MoodleWire,
        finder: MoodleFinder,
        rules: NameRules,
        *,
        batch_size: int,
        stamps: bool,
        password_length: int,
    ) -> None:
        self._wire = wire
        self._finder = finder
        self._rules = rules
        self._batch_size = batch_size
        self._stamps = stamps
        self._password_length = password_length

    def mailing(self) -> "MoodleMaker":
        """The same, but Moodle makes the passwords and mails them."""
        return MoodleMaker(
            self._wire,
            self._finder,
            self._rules,
            batch_size=self._batch_size,
            stamps=self._stamps,
            password_length=0,
        )

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        """A result each, in order. What was made before an error is found by the next look-up."""
        results: dict[str, CreateResult] = {}
        wanted: dict[str, Learner] = {}
        for learner in learners:
            if reason := self._why_refused(learner):
                results[learner.key] = refused(learner, reason)
            else:
                wanted.setdefault(learner.key, learner)
        rows = list(wanted.values())
        for start in range(0, len(rows), self._batch_size):
            results |= self._create_batch(rows[start : start + self._batch_size], stamp)
        return in_order(learners, results)

    def _why_refused(self, learner: Learner) -> str:
        reason = why_refused(learner, self._rules)
        if not reason and not moodle_email(learner.email):
            return "Moodle does not take this email address"
        return reason

    def _create_batch(self, learners: Sequence[Learner], stamp: str) -> dict[str, CreateResult]:
        """One batch; when it is refused, those that exist by now are set apart before the rest is halved."""
        try:
            return self._post(learners, stamp)
        except MoodleError as error:
            self._raise_unless_a_row(error)
            found = self._finder.find([learner.email for learner in learners])
        done = {row.key: taken(row, found[row.key], stamp) for row in learners if row.key in found}
        rest = [row for row in learners if row.key not in found]
        return done | (self._create_halving(rest, stamp) if rest else {})

    def _create_halving(self, learners: Sequence[Learner], stamp: str) -> dict[str, CreateResult]:
        try:
            return self._post(learners, stamp)
        except MoodleError as error:
            self._raise_unless_a_row(error)
            if len(learners) == 1:
                return {learners[0].key: self._explain(learners[0], error, stamp)}
        half = len(learners) // 2
        return self._create_halving(learners[:half], stamp) | self._create_halving(learners[half:], stamp)

    def _post(self, learners: Sequence[Learner], stamp: str) -> dict[str, CreateResult]:
        """Ask for all of them; all or none are made, or the first ones where PHP cut: then the rest again."""
        reply = self._wire.ask(CREATE, records("users", (self._fields(row, stamp) for row in learners)))
        made = [one for one in reply if isinstance(one, dict)] if isinstance(reply, list) else []
        ids = {str(one.get("username")): str(one.get("id")) for one in made}
        results = {
            row.key: self._made(row, ids[name], stamp) for row in learners if (name := self._name(row)) in ids
        }
        rest = [row for row in learners if row.key not in results]
        if not results:
            raise DirectoryUnavailable(f"{self._wire.platform} made no account and gave no reason")
        return results | (self._create_halving(rest, stamp) if rest else {})

    def _fields(self, learner: Learner, stamp: str) -> list[tuple[str, str]]:
        """The record to create. The optional ID number stands first: a cut request then lacks a field it
        needs and is refused, instead of making an account without our mark."""
        mark = [("idnumber", mark_of(stamp, learner.key))] if self._stamps and stamp else []
        length = self._password_length
        secret = ("password", random_password(length)) if length else ("createpassword", "1")
        return [
            *mark,
            ("username", self._name(learner)),
            secret,
            ("firstname", learner.first_name),
            ("lastname", learner.last_name),
            ("email", moodle_email(learner.email)),
        ]

    def _name(self, learner: Learner) -> str:
        return username_of(learner.email, self._rules)

    def _made(self, learner: Learner, account_id: str, stamp: str) -> CreateResult:
        kept = stamp if self._stamps else ""
        account = Account(
            id=account_id, username=self._name(learner), email=learner.email, key=learner.key, stamp=kept
        )
        return CreateResult(key=learner.key, status=CreateStatus.CREATED, account=account)

    def _explain(self, learner: Learner, error: MoodleError, stamp: str) -> CreateResult:
        """Why a learner was refused alone: an account that look-ups miss, or something Moodle won't tell."""
        found = self._finder.find([learner.email]).get(learner.key) or self._finder.find_alike(learner.email)
        if found:
            return taken(learner, found, stamp)
        if not self._finder.canary().username:
            raise DirectoryRefused(f"{self._wire.platform} {BLIND}")
        if error.code == "dmlwriteexception":
            return refused(learner, "Moodle's database did not take this learner")
        return refused(
            learner,
            f"Moodle refused this learner without a reason ({error}); "
            "perhaps a hidden account has the address already",
        )

    def _raise_unless_a_row(self, error: MoodleError) -> None:
        if error.is_password_policy:
            said = plain_words(error.code)
            text = f"{self._wire.platform} refuses our random passwords ({said}): raise password_length"
            raise DirectoryRefused(text) from None
        if not error.blames_a_row:
            raise self._wire.verdict(CREATE, error) from None
