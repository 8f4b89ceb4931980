"""Settings come from the environment, then files of secrets, then earshot.toml; secrets never print."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.settings import IngestSettings


@pytest.fixture(autouse=True)
def empty_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    monkeypatch.setenv("EARSHOT_SECRETS_DIR", str(secrets))
    return tmp_path


def test_each_source_gives_way_to_the_nearer_one(empty_room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_room / "earshot.toml").write_text('kafka_topic = "file"\nkafka_group = "file"\nkafka_username = "file"\n')
    (empty_room / "secrets" / "earshot_kafka_topic").write_text("secret\n")
    (empty_room / "secrets" / "earshot_kafka_group").write_text("secret\n")
    monkeypatch.setenv("EARSHOT_KAFKA_TOPIC", "environment")
    found = IngestSettings()
    assert (found.kafka_topic, found.kafka_group, found.kafka_username) == ("environment", "secret", "file")


def test_secrets_never_print(empty_room: Path) -> None:
    (empty_room / "secrets" / "earshot_kafka_password").write_text("hunter2")
    found = IngestSettings()
    assert found.kafka_password.get_secret_value() == "hunter2"
    assert "hunter2" not in f"{found!r} {found} {found.model_dump()}"


def test_every_setting_is_described_and_frozen() -> None:
    assert all(field.description for field in IngestSettings.model_fields.values())
    with pytest.raises(ValidationError):
        IngestSettings().kafka_topic = "other"  # type: ignore[misc]


def test_a_value_that_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_KAFKA_PARTITIONS", "none")
    with pytest.raises(ValidationError, match="kafka_partitions"):
        IngestSettings()
