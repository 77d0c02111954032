"""A command that looks into the ledger makes none: started in the wrong folder it says so."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import rollcall
from bot.errors import ConfigurationError

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "list",
        "show RC-7F3K2Q",
        "retry M1",
        "approve M1",
        "undo RC-7F3K2Q --yes",
        "forget ann@customer.test --yes",
        "backup copy.db",
        "db version",
    ],
)
def test_looking_where_no_ledger_is_makes_none(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=rf"there is no ledger at {tmp_path}/rollcall\.db"):
        CliRunner().invoke(
            rollcall, command.split(), env={"ROLLCALL_CONFIG": str(EXAMPLE)}, catch_exceptions=False
        )
    assert list(tmp_path.iterdir()) == []
