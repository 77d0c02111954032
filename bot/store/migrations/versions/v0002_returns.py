"""Notices that came back are found without going through all that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOUBTED = sa.text("doubted > 0")


def upgrade() -> None:
    """Index what waits for news: the few that somebody doubts, and what nobody was told of."""
    op.create_index(
        "ix_notices_doubted", "notices", ["state", "doubted"], sqlite_where=DOUBTED, postgresql_where=DOUBTED
    )
    op.create_index("ix_notices_untold", "notices", ["state", "told"])
    op.drop_index("ix_notices_state", "notices")
