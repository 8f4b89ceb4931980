"""Settings of what comes in, and the base of every package's settings.

Values come from ``EARSHOT_*`` in the environment, from files of that name in ``/run/secrets`` (the folder can be
named by ``EARSHOT_SECRETS_DIR``), then from ``earshot.toml`` in the working folder. They are read where a program
starts, never deeper.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Settings(BaseSettings):
    """A frozen table of name, default and description; secrets never print."""

    model_config = SettingsConfigDict(
        env_prefix="EARSHOT_", frozen=True, extra="ignore", toml_file="earshot.toml", hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        folder = Path(os.environ.get("EARSHOT_SECRETS_DIR", "/run/secrets"))
        if folder.is_dir():
            sources.append(SecretsSettingsSource(settings_cls, secrets_dir=folder))
        return (*sources, TomlConfigSettingsSource(settings_cls))


class IngestSettings(Settings):
    """How Feedback reaches Earshot."""

    data_dir: Path = Field(
        default=Path("var"),
        description="Folder for what a single machine keeps: the SQLite file, the privacy key, models.",
    )
    privacy_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for hashing customer and agent ids. Empty: kept in privacy.key in the data folder, made on first use.",
    )
    kafka_bootstrap: str = Field(default="127.0.0.1:9092", description="Brokers, as host:port, separated by commas.")
    kafka_topic: str = Field(
        default="earshot.feedback", description="Topic that Feedback is read from and published to."
    )
    kafka_partitions: int = Field(
        default=4,
        ge=1,
        le=1000,
        description="Partitions of the topic when Earshot creates it; also the most workers that can share the work.",
    )
    kafka_retention_days: int = Field(
        default=28,
        ge=1,
        le=3650,
        description="Days for which the broker keeps raw notes; `earshot topics create` sets it. Within it an erased "
        "customer's records are still on the broker, refused when they are read again.",
    )
    kafka_group: str = Field(
        default="earshot", description="Consumer group of the workers. A new name reads the topic from its start."
    )
    kafka_worker: str = Field(
        default="",
        description="Stable name of this worker (static group membership). Empty: a new member at every start.",
    )
    kafka_session_timeout_ms: int = Field(
        default=45_000, ge=1_000, description="A worker that is silent this long is taken for dead."
    )
    kafka_max_poll_records: int = Field(default=500, ge=1, le=10_000, description="Records in one batch, at most.")
    kafka_security_protocol: str = Field(default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
    kafka_sasl_mechanism: str = Field(default="", description="For example SCRAM-SHA-512.")
    kafka_username: str = Field(default="", description="SASL user name.")
    kafka_password: SecretStr = Field(default=SecretStr(""), description="SASL password.")
    kafka_ca_file: str = Field(
        default="", description="File with the certificate authority that signed the brokers' certificates."
    )
    max_record_bytes: int = Field(default=256 * 1024, ge=1024, description="Larger records are set aside unread.")
