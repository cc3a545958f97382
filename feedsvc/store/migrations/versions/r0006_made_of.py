"""What a document was made of, so that one is known to be current without being made again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("made_of", sa.Text(), nullable=True))
