"""Sign-ins, people and links of LTI platforms."""

from alembic import op
from sqlalchemy import Column, Float, String, Text

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.create_table(
        "lti_once",
        Column("key", String(200), primary_key=True),
        Column("value", Text, nullable=False),
        Column("until", Float, nullable=False),
    )
    op.create_table(
        "lti_people",
        Column("issuer", String(255), primary_key=True),
        Column("sub", String(255), primary_key=True),
        Column("who", String(200), nullable=False),
        Column("at", Float, nullable=False),
    )
    op.create_table(
        "lti_links",
        Column("issuer", String(255), primary_key=True),
        Column("resource", String(255), primary_key=True),
        Column("deployment", String(255), nullable=False),
        Column("assignment", String(200), nullable=False),
        Column("services", Text, nullable=False),
        Column("at", Float, nullable=False),
    )
