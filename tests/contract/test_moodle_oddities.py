"""What a Moodle does that its documentation does not say, and what comes of it here."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.directories.moodle import MoodleDirectory
from bot.errors import DirectoryRefused, DirectoryUnavailable
from bot.ports import CheckLine, Health
from bot.values.address import identity_key
from bot.values.customer import Customer, NotifyBy
from bot.values.learner import CreateStatus, Learner
from tests.contract.directory_suite import STAMP, a_learner, a_tag, created, statuses
from tests.platforms import moodle_server as platform
from tests.platforms.moodle_server import TOKEN, MoodleServer

CREATED, EXISTING, REFUSED = CreateStatus.CREATED, CreateStatus.EXISTING, CreateStatus.REFUSED


@pytest.fixture
def server() -> Iterator[MoodleServer]:
    with MoodleServer() as running:
        yield running


class Opener:
    """Opens connectors to the server, and closes them with the test."""

    def __init__(self, server: MoodleServer) -> None:
        self.server = server
        self.all: list[MoodleDirectory] = []

    def __call__(self, **options: Any) -> MoodleDirectory:
        self.all.append(MoodleDirectory(self.server.url, TOKEN, **options))
        return self.all[-1]


@pytest.fixture
def opened(server: MoodleServer) -> Iterator[Opener]:
    opener = Opener(server)
    yield opener
    for directory in opener.all:
        directory.close()


@pytest.fixture
def directory(opened: Opener) -> MoodleDirectory:
    return opened()


def named(local: str, domain: str = "example.com") -> Learner:
    email = f"{local}@{domain}"
    return Learner(first_name="Ada", last_name="Lovelace", email=email, key=identity_key(email))


def some(count: int) -> list[Learner]:
    tag = a_tag()
    return [a_learner(f"n{number}", tag=tag) for number in range(count)]


def failed(lines: list[CheckLine]) -> list[str]:
    return [f"{line.subject}: {line.detail} ({line.mend})" for line in lines if line.health is Health.FAILED]


# --- requests that PHP cuts


@pytest.mark.parametrize("limit", [1000, 301, 300, 299, 157, 60, 20])
def test_fields_that_php_drops_lose_and_double_nobody(
    server: MoodleServer, limit: int, opened: Opener
) -> None:
    server.site.max_input_vars = limit
    directory = opened()
    learners = some(120)
    assert set(statuses(directory.create(learners, STAMP))) == {CREATED}
    assert sorted(server.site.emails()) == sorted(learner.email for learner in learners)
    found = directory.find([learner.email for learner in learners])
    assert {account.stamp for account in found.values()} == {STAMP}
    assert found.keys() == {learner.key for learner in learners}


def test_a_look_up_that_php_cuts_does_not_report_the_rest_as_absent(
    server: MoodleServer, opened: Opener
) -> None:
    server.site.max_input_vars = 50
    learners = some(200)
    for learner in learners:
        server.site.add(username=learner.email, email=learner.email, firstname="A", lastname="B")
    directory = opened()
    assert len(directory.find([learner.email for learner in learners])) == 200


# --- batches refused as a whole


def test_one_bad_learner_costs_the_others_nothing(server: MoodleServer, directory: MoodleDirectory) -> None:
    learners = some(50)
    server.site.add(username="someone", email=learners[17].email.upper(), firstname="A", lastname="B")
    results = directory.create(learners, STAMP)
    assert results[17].status is EXISTING
    assert statuses(results[:17] + results[18:]) == [CREATED] * 49
    assert len(server.requests) < 25


def test_a_batch_created_before_is_told_apart_in_a_few_requests(
    server: MoodleServer, directory: MoodleDirectory
) -> None:
    learners = some(50)
    directory.create(learners[:49], "RC-OTHER2")
    server.requests.clear()
    assert statuses(directory.create(learners, STAMP)) == [EXISTING] * 49 + [CREATED]
    assert len(server.requests) <= 5


def test_a_learner_whose_username_is_taken_by_another_address_is_existing(
    server: MoodleServer, directory: MoodleDirectory
) -> None:
    learner = a_learner()
    taken = server.site.add(username=learner.email, email="other@example.com", firstname="A", lastname="B")
    assert directory.find([learner.email])[learner.key].id == str(taken)
    assert statuses(directory.create([learner], STAMP)) == [EXISTING]


def test_an_address_in_another_letter_case_is_existing_with_its_account(
    server: MoodleServer, directory: MoodleDirectory, opened: Opener
) -> None:
    learner = a_learner("a_b%c")
    for other in ("aXbYc", "a_b_c"):
        server.site.add(
            username=other, email=learner.email.replace("a_b%c", other), firstname="A", lastname="B"
        )
    number = server.site.add(username="someone", email=learner.email.upper(), firstname="A", lastname="B")
    assert directory.find([learner.email]) == {}
    [result] = opened(username_fallback="replace").create([learner], STAMP)
    assert result.status is EXISTING
    assert result.account is not None
    assert result.account.id == str(number)


def test_a_learner_refused_for_a_hidden_account_is_told_so_and_not_doubled(
    server: MoodleServer, directory: MoodleDirectory
) -> None:
    learners = some(3)
    server.site.add(
        username=learners[1].email, email=learners[1].email, firstname="A", lastname="B", hidden=True
    )
    results = directory.create(learners, STAMP)
    assert statuses(results) == [CREATED, REFUSED, CREATED]
    assert "perhaps a hidden account" in results[1].reason


def test_without_the_likeness_search_a_refused_learner_is_only_refused(
    server: MoodleServer, directory: MoodleDirectory
) -> None:
    learner = a_learner()
    server.site.functions.discard(platform.GET_USERS)
    server.site.add(username="someone", email=learner.email.upper(), firstname="A", lastname="B")
    assert statuses(directory.create([learner], STAMP)) == [REFUSED]


def test_limits_and_characters_are_judged_before_anything_is_sent(
    server: MoodleServer, directory: MoodleDirectory
) -> None:
    learners = [
        named("o'brien"),
        named("zoë"),
        named("x" * 95),
        named("a+b"),
        named("anna", "bücher.example"),
    ]
    results = directory.create(learners, STAMP)
    assert statuses(results) == [REFUSED] * 5
    assert all(result.reason for result in results)
    assert server.requests == []


def test_with_replace_an_odd_address_gets_a_username_of_its_own_and_is_found_by_it(
    server: MoodleServer, opened: Opener
) -> None:
    directory = opened(username_fallback="replace")
    learners = [named("o'brien"), named("o+brien"), named("o_brien"), named("anna", "bücher.example")]
    results = directory.create(learners, STAMP)
    assert statuses(results) == [CREATED] * 4
    usernames = [result.account.username for result in results if result.account]
    assert len(set(usernames)) == 4
    assert usernames[2] == "o_brien@example.com"
    found = directory.find([learner.email for learner in learners])
    assert {key: account.username for key, account in found.items()} == dict(
        zip((learner.key for learner in learners), usernames, strict=True)
    )


def test_an_address_moodle_takes_in_no_form_does_not_spoil_a_look_up(
    server: MoodleServer, directory: MoodleDirectory
) -> None:
    learners = some(5)
    directory.create(learners, STAMP)
    asked = [*(learner.email for learner in learners), "zoë@example.com", "a@localhost", "not an address", ""]
    assert directory.find(asked).keys() == {learner.key for learner in learners}


# --- passwords


def test_a_strict_password_policy_is_told_with_what_it_misses(server: MoodleServer, opened: Opener) -> None:
    server.site.password_length = 40
    directory = opened()
    with pytest.raises(DirectoryRefused, match=r"at least 40 characters long.*password_length") as caught:
        directory.create(some(3), STAMP)
    assert "<" not in str(caught.value)
    assert server.site.emails() == []
    longer = opened(password_length=48)
    assert statuses(longer.create(some(3), STAMP)) == [CREATED] * 3


def test_a_password_the_policy_refuses_is_told_in_its_words(directory: MoodleDirectory) -> None:
    account = created(directory, a_learner())
    with pytest.raises(
        DirectoryRefused, match=r"^(error/ ?)?Passwords must be at least 8 characters long\.$"
    ):
        directory.set_password(account.id, "short")


def test_a_password_reaches_the_account(server: MoodleServer, directory: MoodleDirectory) -> None:
    account = created(directory, a_learner())
    before = server.site.users[int(account.id)]["password"]
    assert len(before) == 32
    directory.set_password(account.id, "Grüße & + % ü ?")
    assert server.site.users[int(account.id)]["password"] == "Grüße & + % ü ?"


def test_moodle_mails_the_password_only_where_it_is_asked_to(server: MoodleServer, opened: Opener) -> None:
    directory = opened(platform_mails=True)
    account = created(directory, a_learner())
    assert server.site.users[int(account.id)]["password"] is None
    assert b"[createpassword]=1" in server.requests[-1].body


# --- undo


def test_an_account_somebody_used_is_left_alone(server: MoodleServer, directory: MoodleDirectory) -> None:
    used, unused = created(directory, a_learner()), created(directory, a_learner())
    server.site.users[int(used.id)]["lastaccess"] = 1_790_000_000
    assert directory.deactivate(used.id) is False
    assert directory.deactivate(unused.id) is True
    assert [server.site.users[int(one.id)]["suspended"] for one in (used, unused)] == [False, True]


# --- cohorts


def test_new_accounts_join_the_cohort_and_those_already_in_it_stay(
    server: MoodleServer, opened: Opener
) -> None:
    server.site.cohorts["acme"] = set()
    directory = opened(cohort="acme")
    results = directory.create(some(60), STAMP)
    ids = [result.account.id for result in results if result.account]
    assert server.site.cohorts["acme"] == {int(one) for one in ids}
    directory.adopt([result.account for result in results if result.account])
    assert len(server.site.cohorts["acme"]) == 60


def test_a_cohort_that_is_not_there_is_for_a_person(server: MoodleServer, opened: Opener) -> None:
    with pytest.raises(DirectoryRefused, match='cohort "nope"'):
        opened(cohort="nope").create(some(1), STAMP)


# --- rights and switches


def test_look_ups_that_go_blind_are_not_believed(server: MoodleServer, directory: MoodleDirectory) -> None:
    learner = a_learner()
    created(directory, learner)
    assert directory.find([learner.email])
    server.site.capabilities.discard(platform.VIEW_DETAILS)
    with pytest.raises(DirectoryRefused, match="moodle/user:viewdetails"):
        directory.find([learner.email])


def test_a_connector_that_never_saw_anybody_does_not_call_a_taken_address_refused(
    server: MoodleServer, directory: MoodleDirectory, opened: Opener
) -> None:
    learner = a_learner()
    created(directory, learner)
    server.site.capabilities.discard(platform.VIEW_DETAILS)
    blind = opened()
    with pytest.raises(DirectoryRefused, match="moodle/user:viewdetails"):
        blind.create([learner], STAMP)


@pytest.mark.parametrize(
    ("capability", "words"),
    [
        (platform.VIEW_DETAILS, "seeing accounts"),
        (platform.VIEW_ALL, "moodle/user:viewalldetails"),
        (platform.MAY_CREATE, "give its role moodle/user:create"),
        (platform.MAY_UPDATE, "give its role moodle/user:update"),
    ],
)
def test_the_check_names_a_missing_capability(
    server: MoodleServer, directory: MoodleDirectory, capability: str, words: str
) -> None:
    server.site.capabilities.discard(capability)
    [line] = failed(list(directory.check()))
    assert words in line
    assert len(server.site.users) == 3


@pytest.mark.parametrize("function", [platform.CREATE, platform.BY_FIELD, platform.UPDATE, platform.COHORT])
def test_the_check_names_a_missing_function(server: MoodleServer, function: str, opened: Opener) -> None:
    server.site.functions.discard(function)
    lines = failed(list(opened(cohort="acme").check()))
    assert any(function in line and "add" in line for line in lines)


def test_the_check_warns_of_what_bites_later(server: MoodleServer, directory: MoodleDirectory) -> None:
    server.site.functions.discard(platform.GET_USERS)
    server.site.capabilities.discard(platform.VIEW_IDENTITY)
    lines = directory.check()
    warned = [line.mend for line in lines if line.health is Health.WARNING]
    assert failed(list(lines)) == []
    assert any("moodle/site:viewuseridentity" in mend for mend in warned)
    assert len(warned) == 2


def test_the_check_of_a_good_site_changes_nothing(server: MoodleServer, directory: MoodleDirectory) -> None:
    before = {number: dict(user) for number, user in server.site.users.items()}
    lines = directory.check()
    assert {line.health for line in lines} == {Health.OK}
    assert any("Example Academy" in line.detail and "4.5.6" in line.detail for line in lines)
    assert server.site.users == before


def test_maintenance_is_waited_for(server: MoodleServer, directory: MoodleDirectory) -> None:
    server.site.maintenance = True
    with pytest.raises(DirectoryUnavailable, match="undergoing maintenance"):
        directory.create(some(2), STAMP)
    server.site.maintenance = False
    assert statuses(directory.create(some(2), STAMP)) == [CREATED, CREATED]


def test_web_services_switched_off_are_for_a_person(server: MoodleServer, directory: MoodleDirectory) -> None:
    server.site.web_services = False
    with pytest.raises(DirectoryRefused, match="switched off"):
        directory.find(["a@example.com"])


@pytest.mark.parametrize(
    ("capability", "function", "words"),
    [
        (platform.MAY_CREATE, None, "lacks a capability for core_user_create_users"),
        (None, platform.CREATE, "add the function core_user_create_users"),
    ],
)
def test_a_missing_right_stops_the_import_and_fails_no_row(
    server: MoodleServer, directory: MoodleDirectory, capability: str | None, function: str | None, words: str
) -> None:
    server.site.capabilities.discard(str(capability))
    server.site.functions.discard(str(function))
    with pytest.raises(DirectoryRefused, match=words):
        directory.create(some(2), STAMP)


def test_the_token_travels_in_the_body_only(server: MoodleServer, directory: MoodleDirectory) -> None:
    directory.create(some(2), STAMP)
    for request in server.requests:
        assert request.method == "POST"
        assert request.query == ""
        assert TOKEN not in request.path + str(request.headers)


# --- customers


def test_each_customer_has_its_own_cohort_and_way_of_telling(server: MoodleServer, opened: Opener) -> None:
    server.site.cohorts |= {"acme": set(), "umbrella": set()}
    shared = opened()
    acme = shared.for_customer(Customer(name="Acme", cohort="acme"))
    umbrella = shared.for_customer(Customer(name="Umbrella", cohort="umbrella", notify_by=NotifyBy.PLATFORM))
    one, two = created(acme, a_learner()), created(umbrella, a_learner())
    created(shared, a_learner())
    assert server.site.cohorts == {"acme": {int(one.id)}, "umbrella": {int(two.id)}}
    assert server.site.users[int(one.id)]["password"]
    assert server.site.users[int(two.id)]["password"] is None


def test_an_account_whose_making_was_answered_too_late_is_ours(
    server: MoodleServer, directory: MoodleDirectory
) -> None:
    learners = some(3)
    directory.create(learners, STAMP)
    assert statuses(directory.create(learners, STAMP)) == [CREATED] * 3
    assert statuses(directory.create(learners, "RC-OTHER2")) == [EXISTING] * 3
    assert len(server.site.emails()) == 3
