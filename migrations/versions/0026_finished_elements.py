"""When a focus element was carried out; of earlier ones the audit log tells it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("focus_element") as batch_op:
        batch_op.add_column(sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE focus_element SET finished_at = (SELECT max(audit_entry.at) FROM audit_entry"
        " WHERE audit_entry.action = 'council.finish' AND audit_entry.subject_type = 'focus_element'"
        " AND audit_entry.subject_id = focus_element.id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("focus_element") as batch_op:
        batch_op.drop_column("finished_at")
