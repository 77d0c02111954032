"""What the route needs, as protocols; `app/` names the classes that serve them."""

from bot.ports.aftermath import Records as Records
from bot.ports.aftermath import Returns as Returns
from bot.ports.ledger import Chores as Chores
from bot.ports.ledger import Imports as Imports
from bot.ports.ledger import Messages as Messages
from bot.ports.ledger import Nodes as Nodes
from bot.ports.ledger import Outbox as Outbox
from bot.ports.ledger import Settler as Settler
from bot.ports.ledger import Threads as Threads
from bot.ports.outside import CheckLine as CheckLine
from bot.ports.outside import Delivery as Delivery
from bot.ports.outside import Directory as Directory
from bot.ports.outside import Fetched as Fetched
from bot.ports.outside import FolderState as FolderState
from bot.ports.outside import Health as Health
from bot.ports.outside import Mailbox as Mailbox
from bot.ports.outside import Mailer as Mailer
from bot.ports.outside import SheetReader as SheetReader
from bot.ports.outside import SignatureVerifier as SignatureVerifier
from bot.ports.portal import Links as Links
from bot.ports.portal import Sessions as Sessions
from bot.ports.portal import SignIns as SignIns
from bot.ports.portal import Throttles as Throttles
from bot.ports.portal import Tickets as Tickets
