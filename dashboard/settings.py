"""Settings of the board."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field, SecretStr, model_validator

from insights.settings import StoreSettings


class SignInIncomplete(ValueError):
    """Some settings of sign-in are given and others are not; the message names them."""


class BoardSettings(StoreSettings):
    """The board reads and writes the store and nothing else; beside it, how people sign in."""

    oidc_metadata_url: str = Field(
        default="",
        description="Your identity provider's OpenID address, ending in /.well-known/openid-configuration. "
        "Empty: local mode, on this machine only.",
    )
    oidc_client_id: str = Field(default="", description="What the provider calls Earshot.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="The client secret of the provider.")
    oidc_cookie_secret: SecretStr = Field(
        default=SecretStr(""), description="At least 32 random characters that sign the session cookie."
    )
    board_url: str = Field(
        default="", description="The board's own address as people type it, such as https://earshot.example.com."
    )
    board_hosts: str = Field(
        default="",
        description="Further names under which the board may be opened, separated by commas. "
        "This machine and the name in EARSHOT_BOARD_URL always may.",
    )
    board_session_hours: float = Field(
        default=12.0, gt=0, le=720, description="After so many hours people sign in again."
    )
    board_trust_network: bool = Field(
        default=False,
        description="Serve local mode on other addresses than this machine's: only where nothing but this machine "
        "or a proxy that signs people in reaches the port, such as in a container.",
    )

    @property
    def signs_in(self) -> bool:
        """True when people sign in through a provider; False in local mode."""
        return bool(self.oidc_metadata_url)

    @model_validator(mode="after")
    def _whole(self) -> BoardSettings:
        given = {
            "EARSHOT_OIDC_METADATA_URL": self.oidc_metadata_url,
            "EARSHOT_OIDC_CLIENT_ID": self.oidc_client_id,
            "EARSHOT_OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
            "EARSHOT_OIDC_COOKIE_SECRET": self.oidc_cookie_secret.get_secret_value(),
        }
        missing = [name for name, value in (given | {"EARSHOT_BOARD_URL": self.board_url}).items() if not value]
        if any(given.values()) and missing:
            raise SignInIncomplete(f"sign-in is configured in part; set {', '.join(missing)} too")
        if self.signs_in and len(given["EARSHOT_OIDC_COOKIE_SECRET"]) < 32:
            raise SignInIncomplete("EARSHOT_OIDC_COOKIE_SECRET is shorter than 32 characters")
        return self


@lru_cache(maxsize=1)
def settings() -> BoardSettings:
    """Return the settings of this process, read once."""
    return BoardSettings()
