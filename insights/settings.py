"""Settings of the store, and of how news leaves the house."""

from __future__ import annotations

from pydantic import Field, SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ingest.settings import Settings


class StoreSettings(Settings):
    """Where what we know is kept. The address may hold a password, so it is left out of every repr."""

    database_url: str = Field(
        default="sqlite:///var/earshot.db",
        repr=False,
        description="SQLAlchemy address of the store: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE.",
    )

    local_user: str = Field(
        default="Local user", description="Your name in local mode, when nobody signs in. Decisions carry it."
    )

    keep_notes_days: int = Field(
        default=0, ge=0, description="Days for which notes are kept, from when they were said. 0: for ever."
    )
    keep_dead_letters_days: int = Field(
        default=90, ge=0, description="Days for which records set aside are kept. 0: for ever."
    )
    keep_events_days: int = Field(
        default=30, ge=0, description="Days for which published events stay in the outbox. 0: for ever."
    )

    min_customers: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="Outside the care team nothing is shown that fewer distinct customers said.",
    )

    @property
    def url(self) -> str:
        """The address as the store needs it, password and all."""
        return self.database_url

    @property
    def shown(self) -> str:
        """The address as it may be shown: the password is starred out."""
        try:
            return make_url(self.database_url).render_as_string(hide_password=True)
        except ArgumentError:
            return "(not a database address)"


class NoticeSettings(Settings):
    """By which ways echoes and digests leave the house. The addresses may hold passwords, so they never print."""

    notice_channels: dict[str, SecretStr] = Field(
        default={},
        description="Channels people may choose, as JSON: name to Apprise address, such as "
        '{"E-mail": "mailtos://user:password@host?to={email}"}. {email} becomes the person\'s own address.',
    )

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses as Apprise needs them, passwords and all."""
        return {name: address.get_secret_value() for name, address in self.notice_channels.items()}
