"""What a directory is, as tests: every connector, ours or yours, inherits `DirectoryContract` and passes it.

Give it a fixture `open_directory`, a callable that opens a new connector to the same platform each time, and
run pytest (docs/connectors.md). Addresses are new in every run, so a platform with accounts in it will do.
"""

import uuid
from collections.abc import Callable, Sequence

from bot.errors import DirectoryRefused
from bot.ports import Directory, Health
from bot.values.address import identity_key
from bot.values.learner import Account, CreateResult, CreateStatus, Learner

OpenDirectory = Callable[[], Directory]

STAMP = "RC-7F3K2Q"


def a_learner(local: str = "", *, first: str = "Ada", last: str = "Lovelace", tag: str = "") -> Learner:
    """A learner whose address nobody had before, unless `tag` says which run it belongs to."""
    email = f"{local or 'learner'}.{tag or a_tag()}@example.com"
    return Learner(first_name=first, last_name=last, email=email, key=identity_key(email))


def a_tag() -> str:
    """Twelve characters that no other test has."""
    return uuid.uuid4().hex[:12]


def statuses(results: Sequence[CreateResult]) -> list[CreateStatus]:
    """The statuses alone, in order."""
    return [result.status for result in results]


def created(directory: Directory, learner: Learner) -> Account:
    """Create one learner and return the account."""
    [result] = directory.create([learner], STAMP)
    assert result.status is CreateStatus.CREATED, result.reason
    assert result.account is not None
    return result.account


class DirectoryContract:
    """Inherit it in a test module and define the fixture `open_directory`."""

    def test_the_check_finds_nothing_wrong_with_a_working_platform(
        self, open_directory: OpenDirectory
    ) -> None:
        lines = open_directory().check()
        assert lines
        assert [line for line in lines if line.health is Health.FAILED] == []

    def test_nobody_is_found_under_an_address_that_has_no_account(
        self, open_directory: OpenDirectory
    ) -> None:
        assert open_directory().find([a_learner().email]) == {}

    def test_asking_for_nothing_gives_nothing(self, open_directory: OpenDirectory) -> None:
        directory = open_directory()
        assert directory.find([]) == {}
        assert directory.create([], STAMP) == []

    def test_a_new_learner_is_created_with_the_address_as_username(
        self, open_directory: OpenDirectory
    ) -> None:
        learner = a_learner()
        account = created(open_directory(), learner)
        assert account.id
        assert account.username == learner.email
        assert account.key == learner.key
        assert account.stamp in ("", STAMP)

    def test_a_created_account_is_found_by_another_connector_in_any_letter_case(
        self, open_directory: OpenDirectory
    ) -> None:
        learner = a_learner()
        account = created(open_directory(), learner)
        found = open_directory().find([learner.email.upper()])
        assert list(found) == [learner.key]
        assert found[learner.key].id == account.id
        assert found[learner.key].username == account.username
        assert found[learner.key].stamp == account.stamp

    def test_creating_again_makes_no_second_account(self, open_directory: OpenDirectory) -> None:
        learner = a_learner()
        account = created(open_directory(), learner)
        for _ in range(2):
            [again] = open_directory().create([learner], "RC-OTHER2")
            assert again.status is CreateStatus.EXISTING
            assert again.account is not None
            assert again.account.id == account.id

    def test_results_come_in_the_order_asked(self, open_directory: OpenDirectory) -> None:
        directory = open_directory()
        learners = [a_learner(f"p{number}") for number in range(7)]
        directory.create(learners[1::2], "RC-OTHER2")
        results = directory.create(learners, STAMP)
        assert [result.key for result in results] == [learner.key for learner in learners]
        new, old = CreateStatus.CREATED, CreateStatus.EXISTING
        assert statuses(results) == [new, old, new, old, new, old, new]

    def test_one_learner_asked_for_twice_in_a_call_is_one_account(
        self, open_directory: OpenDirectory
    ) -> None:
        learner = a_learner()
        first, second = open_directory().create([learner, learner], STAMP)
        assert (first.status, second.status) == (CreateStatus.CREATED, CreateStatus.EXISTING)
        assert first.account is not None
        assert second.account is not None
        assert first.account.id == second.account.id

    def test_more_learners_than_a_batch_are_all_created_and_found(
        self, open_directory: OpenDirectory
    ) -> None:
        directory = open_directory()
        tag = a_tag()
        learners = [a_learner(f"n{number}", tag=tag) for number in range(min(directory.batch_size, 120) + 7)]
        assert set(statuses(directory.create(learners, STAMP))) == {CreateStatus.CREATED}
        assert directory.find([learner.email for learner in learners]).keys() == {one.key for one in learners}

    def test_names_of_all_scripts_and_marks_are_taken(self, open_directory: OpenDirectory) -> None:
        names = [
            ("Zoë", "O'Brien-Núñez"),
            ("山田", "太郎"),
            ('Anna "Ann"', "a\\b"),
            ("x & y", "100%_"),
            ("1 < 2", "🙂"),
        ]
        learners = [a_learner(first=first, last=last) for first, last in names]
        assert set(statuses(open_directory().create(learners, STAMP))) == {CreateStatus.CREATED}

    def test_a_plus_tag_is_never_folded_into_another_account(self, open_directory: OpenDirectory) -> None:
        directory = open_directory()
        tag = a_tag()
        plain, tagged = a_learner("pat", tag=tag), a_learner("pat+news", tag=tag)
        first, second = directory.create([plain, tagged], STAMP)
        assert first.status is CreateStatus.CREATED
        if second.status is CreateStatus.REFUSED:
            assert second.reason
        else:
            assert second.status is CreateStatus.CREATED
            assert first.account is not None
            assert second.account is not None
            assert first.account.id != second.account.id

    def test_signs_that_mean_something_to_a_search_find_nobody_else(
        self, open_directory: OpenDirectory
    ) -> None:
        directory = open_directory()
        tag = a_tag()
        created(directory, a_learner("mary.ann", tag=tag))
        for local in (
            "mary_ann",
            "mary%",
            "%",
            "mary*",
            "mary.ann' or '1'='1",
            'mary" or userName pr or "',
            "m\\",
        ):
            assert directory.find([a_learner(local, tag=tag).email]) == {}, local

    def test_names_too_long_are_refused_in_words_and_the_others_go_on(
        self, open_directory: OpenDirectory
    ) -> None:
        learners = [a_learner(), a_learner(last="x" * 100_000), a_learner()]
        results = open_directory().create(learners, STAMP)
        assert statuses(results) == [CreateStatus.CREATED, CreateStatus.REFUSED, CreateStatus.CREATED]
        assert results[1].reason
        assert open_directory().find([learners[1].email]) == {}

    def test_a_password_can_be_set(self, open_directory: OpenDirectory) -> None:
        directory = open_directory()
        account = created(directory, a_learner())
        directory.set_password(account.id, "Correct-horse-battery-4!")

    def test_setting_the_password_of_nobody_is_refused(self, open_directory: OpenDirectory) -> None:
        refused = False
        try:
            open_directory().set_password("999999999", "Correct-horse-battery-4!")
        except DirectoryRefused as error:
            refused = bool(str(error))
        assert refused

    def test_an_account_nobody_used_can_be_deactivated_and_again(self, open_directory: OpenDirectory) -> None:
        account = created(open_directory(), a_learner())
        assert open_directory().deactivate(account.id) is True
        assert open_directory().deactivate(account.id) is True

    def test_a_deactivated_account_still_holds_its_address(self, open_directory: OpenDirectory) -> None:
        directory = open_directory()
        learner = a_learner()
        directory.deactivate(created(directory, learner).id)
        assert statuses(directory.create([learner], "RC-OTHER2")) == [CreateStatus.EXISTING]

    def test_deactivating_nobody_is_no_success(self, open_directory: OpenDirectory) -> None:
        assert open_directory().deactivate("999999999") is False

    def test_closing_twice_is_fine(self, open_directory: OpenDirectory) -> None:
        directory = open_directory()
        directory.close()
        directory.close()
