"""Takes one import back."""

from bot.app.edges import make_directories
from bot.app.ledger import use_ledger
from bot.errors import ConfigurationError
from bot.learners.undo import undo_created
from bot.settings import Settings


def undo_import(settings: Settings, reference: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Deactivate what an import created and nobody used: (deactivated, [(address, why left alone)])."""
    with use_ledger(settings) as (ledger, _):
        record = ledger.imports.by_reference(reference.upper())
        if record is None:
            raise ConfigurationError(f"no import is known under {reference}")
        directory = make_directories(settings, ledger)[record.directory]
        try:
            return undo_created(ledger.imports.created_accounts(record.id), directory)
        finally:
            directory.close()
