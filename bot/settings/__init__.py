"""The configuration of the service."""

from bot.settings.load import Settings as Settings
from bot.settings.load import load_settings as load_settings
from bot.settings.load import settings_from as settings_from
