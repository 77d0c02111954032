"""The one-time link over HTTP, against the running process: looked at by machines, used by one person."""

from collections.abc import Iterator

import pytest

from tests.acceptance.scene import Scene
from tests.wire.portal_fixtures import portal_scene as portal_scene
from tests.wire.portal_scene import BETTER, GOOD, PortalScene, link_in, username


@pytest.fixture
def portal(portal_scene: Scene) -> Iterator[PortalScene]:
    """A running portal."""
    yield PortalScene(portal_scene)


def test_a_learner_sets_a_password_signs_out_and_in_again(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    with portal.visitor() as ann:
        assert "Set your password" in ann.open(link)
        assert username("ann") in ann.page.text
        assert "Your password is set" in ann.submit(password=GOOD, repeated=GOOD)
        assert "Hello, Ann" in ann.words()
        assert portal.notice_state("ann") == "password_set"
        assert "You are signed out" in ann.submit()
        assert "do not go together" in ann.submit(username=username("ann"), password=BETTER)
        assert "Hello, Ann" in ann.submit(username=username("ann").upper(), password=GOOD)
        assert "This link was used" in ann.open(link)
        assert ann.page.status_code == 410
