"""What SCIM services do that the standard does not foresee, and what comes of it here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.directories.scim import ScimDirectory
from bot.errors import DirectoryRefused, DirectoryUnavailable
from bot.ports import Health
from bot.values.learner import CreateStatus, Learner
from tests.contract.directory_suite import STAMP, a_learner, a_tag, created, statuses
from tests.platforms.loopback import Reply
from tests.platforms.scim_server import TOKEN, ScimServer

CREATED, EXISTING, REFUSED = CreateStatus.CREATED, CreateStatus.EXISTING, CreateStatus.REFUSED


@contextmanager
def a_service(
    options: dict[str, Any] | None = None, **odd: Any
) -> Iterator[tuple[ScimServer, ScimDirectory]]:
    with ScimServer(**odd) as server:
        directory = ScimDirectory(server.base_url, TOKEN, **(options or {}))
        try:
            yield server, directory
        finally:
            directory.close()


def some(count: int) -> list[Learner]:
    tag = a_tag()
    return [a_learner(f"n{number}", tag=tag) for number in range(count)]


def paths(server: ScimServer) -> list[str]:
    return [f"{request.method} {request.path.removeprefix('/v2')}" for request in server.requests]


def test_bulk_is_used_where_it_is_offered_within_its_limits() -> None:
    with a_service(bulk=30) as (server, directory):
        assert set(statuses(directory.create(some(100), STAMP))) == {CREATED}
        assert paths(server).count("POST /Bulk") == 4
        assert "POST /Users" not in paths(server)


def test_one_learner_is_created_without_bulk() -> None:
    with a_service(bulk=30) as (server, directory):
        created(directory, a_learner())
        assert "POST /Bulk" not in paths(server)


def test_the_payload_limit_is_kept_in_bytes() -> None:
    with a_service(bulk=1000, bulk_bytes=4000) as (server, directory):
        learners = [a_learner(first="日本語" * 20) for _ in range(40)]
        assert set(statuses(directory.create(learners, STAMP))) == {CREATED}
        sizes = [len(request.body) for request in server.requests if request.path.endswith("/Bulk")]
        assert len(sizes) > 1
        assert max(sizes) <= 4000
        assert "POST /Users" not in paths(server)


def test_bulk_that_is_offered_but_not_there_is_given_up_for_good() -> None:
    with a_service(bulk=30, bulk_broken=501) as (server, directory):
        assert set(statuses(directory.create(some(40), STAMP))) == {CREATED}
        directory.create(some(10), STAMP)
        assert paths(server).count("POST /Bulk") == 1


def test_operations_missing_from_a_bulk_answer_are_made_after_all_and_once() -> None:
    for odd in ({"bulk_skips": 5}, {"bulk_silent": 5}):
        with a_service(bulk=30, **odd) as (server, directory):
            learners = some(30)
            assert set(statuses(directory.create(learners, STAMP))) == {CREATED}
            assert sorted(server.usernames()) == sorted(learner.email for learner in learners)


def test_in_bulk_the_existing_are_told_from_the_new() -> None:
    with a_service(bulk=30) as (server, directory):
        learners = some(10)
        number = server.add(learners[3].email.upper())
        results = directory.create(learners, STAMP)
        assert statuses(results) == [CREATED] * 3 + [EXISTING] + [CREATED] * 6
        assert results[3].account is not None
        assert results[3].account.id == number


@pytest.mark.parametrize("bulk", [0, 30])
@pytest.mark.parametrize("duplicate", [(409, "uniqueness"), (409, ""), (400, "invalidValue")])
def test_a_taken_username_is_existing_however_it_is_said(bulk: int, duplicate: tuple[int, str]) -> None:
    with a_service(bulk=bulk, duplicate=duplicate) as (server, directory):
        learners = some(3)
        server.add(learners[1].email)
        assert statuses(directory.create(learners, STAMP)) == [CREATED, EXISTING, CREATED]


def test_a_conflict_with_an_account_we_may_not_see_is_existing() -> None:
    with a_service() as (server, directory):
        learner = a_learner()
        server.add(learner.email)
        server.odd.hidden.add(learner.email)
        assert directory.find([learner.email]) == {}
        [result] = directory.create([learner], STAMP)
        assert result.status is EXISTING
        assert result.account is None


def test_a_learner_the_platform_refuses_gets_its_words() -> None:
    with a_service(duplicate=(400, "")) as (server, directory):
        learner = a_learner()
        server.add(learner.email)
        server.odd.hidden.add(learner.email)
        [result] = directory.create([learner], STAMP)
        assert result.status is REFUSED
        assert result.reason == "the platform says: User already exists in the database."


def test_an_upsert_that_answers_with_another_account_is_existing() -> None:
    with a_service(upserts=True) as (server, directory):
        learner = a_learner()
        server.add(learner.email, externalId="HR-4711")
        assert statuses(directory.create([learner], STAMP)) == [EXISTING]


def test_somebody_with_the_address_under_another_username_is_found() -> None:
    with a_service() as (server, directory):
        learner = a_learner()
        number = server.add("jdoe", emails=[{"value": "x@y.z"}, {"value": learner.email}])
        assert directory.find([learner.email])[learner.key].id == number


def test_addresses_stay_out_of_urls_where_search_is_offered() -> None:
    with a_service() as (server, directory):
        directory.find([learner.email for learner in some(120)])
        assert all("example.com" not in request.query for request in server.requests)
        assert paths(server).count("POST /Users/.search") == 3


def test_where_search_is_missing_filters_go_by_get_in_short_urls() -> None:
    with a_service(search=False) as (server, directory):
        learners = some(60)
        for learner in learners:
            server.add(learner.email)
        assert len(directory.find([learner.email for learner in learners])) == 60
        assert paths(server).count("POST /Users/.search") == 1
        directory.find([learners[0].email])
        assert paths(server).count("POST /Users/.search") == 1
        assert max(len(request.query) for request in server.requests[2:]) < 4000


def test_one_look_up_that_is_refused_does_not_spoil_the_way_for_the_others() -> None:
    with a_service() as (server, directory):
        learner = a_learner()
        server.add(learner.email)
        directory.find([learner.email])
        refusal = Reply(status=400, body=b'{"detail": "I do not like this one"}')
        server.faults.extend([refusal] * 2)
        assert len(directory.find([learner.email])) == 1
        assert "many at once, by username and address" in directory.check()[1].detail


def test_without_filters_a_small_directory_is_read_and_a_large_one_refused() -> None:
    with a_service({"most_listed": 100}, filters="none", page=40) as (server, directory):
        learners = some(90)
        for learner in learners:
            server.add(learner.email)
        assert len(directory.find([learner.email for learner in learners])) == 90
        for number in range(100):
            server.add(f"more{number}@example.com")
        with pytest.raises(DirectoryRefused, match="more than the 100"):
            directory.find(["nobody@example.com"])


def test_a_rate_limit_in_the_middle_loses_and_doubles_nobody() -> None:
    with a_service() as (server, directory):
        learners = some(10)
        directory.find([learners[0].email])
        server.faults.extend([None] * 4)
        server.faults.append(Reply(status=429, headers={"Retry-After": "3"}))
        with pytest.raises(DirectoryUnavailable) as caught:
            directory.create(learners, STAMP)
        assert caught.value.retry_after == 3
        found = directory.find([learner.email for learner in learners])
        assert len(found) == 4
        assert {account.stamp for account in found.values()} == {STAMP}
        rest = [learner for learner in learners if learner.key not in found]
        assert set(statuses(directory.create(rest, STAMP))) == {CREATED}
        assert len(server.users) == 10


def test_what_a_service_will_not_take_is_left_out_and_stays_out() -> None:
    with a_service(strict="all") as (server, directory):
        assert set(statuses(directory.create(some(10), STAMP))) == {CREATED}
        assert paths(server).count("POST /Users") == 12


def test_no_mark_is_shared_by_two_accounts() -> None:
    with a_service(bulk=30) as (server, directory):
        directory.create(some(20), STAMP)
        assert len({user["externalId"] for user in server.users.values()}) == 20


def test_the_stamp_of_another_system_is_not_ours() -> None:
    with a_service() as (server, directory):
        learner = a_learner()
        server.add(learner.email, externalId="HR-4711")
        assert directory.find([learner.email])[learner.key].stamp == "HR-4711"


@pytest.mark.parametrize("patches", [True, False])
def test_passwords_and_undo_work_by_patch_and_by_put(patches: bool) -> None:
    with a_service(patches=patches) as (server, directory):
        account = created(directory, a_learner())
        directory.set_password(account.id, "Correct-horse-battery-4!")
        assert server.users[account.id]["password"] == "Correct-horse-battery-4!"
        assert directory.deactivate(account.id) is True
        assert server.users[account.id]["active"] is False
        assert server.users[account.id]["userName"] == account.username


def test_a_password_the_platform_refuses_is_told_in_its_words() -> None:
    with a_service(password_rule=16) as (_, directory):
        account = created(directory, a_learner())
        with pytest.raises(DirectoryRefused, match=r"^The password needs 16 characters$"):
            directory.set_password(account.id, "short")


def test_a_service_that_demands_a_password_gets_a_random_one() -> None:
    with a_service({"initial_password": True}) as (server, directory):
        account = created(directory, a_learner())
        assert len(server.users[account.id]["password"]) == 32
    with a_service() as (server, directory):
        assert "password" not in server.users[created(directory, a_learner()).id]


def test_an_account_changed_since_its_creation_is_left_alone() -> None:
    with a_service() as (server, directory):
        used = created(directory, a_learner())
        server.users[used.id]["meta"]["lastModified"] = "2026-03-05T10:00:00Z"
        assert directory.deactivate(used.id) is False
        assert server.users[used.id]["active"] is True


def test_the_check_tells_how_the_service_is_used() -> None:
    with a_service(bulk=50) as (_, directory):
        service, look_up = directory.check()
        assert service.health is look_up.health is Health.OK
        assert "in bulk, 50 at once" in service.detail
        assert "many at once" in look_up.detail
    with a_service(config="missing", filters="refused") as (_, directory):
        assert [line.health for line in directory.check()] == [Health.WARNING, Health.WARNING]


def test_an_account_id_cannot_lead_to_another_resource() -> None:
    with a_service() as (server, directory):
        assert directory.deactivate("../Groups/1?x=") is False
        assert all("Groups/" not in request.path for request in server.requests)
