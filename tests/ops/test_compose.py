"""docker-compose.yml is not started by the tests, so each thing it names is looked for where it must be."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from kafka import KafkaAdminClient
from typer.testing import CliRunner

from dashboard.settings import BoardSettings
from ingest.settings import IngestSettings
from nlp.settings import LanguageSettings
from pipelines.cli.app import app
from pipelines.settings import PipelineSettings
from tests.kafka_brokers import ApacheKafka, missing_for_apache

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "earshot"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = (BoardSettings, IngestSettings, LanguageSettings, PipelineSettings)


def variables() -> set[str]:
    """Return the environment variables of every package's settings."""
    return {f"EARSHOT_{name.upper()}" for settings in SETTINGS for name in settings.model_fields}


def test_the_stack_has_its_parts() -> None:
    assert set(SERVICES) >= {"kafka", "postgres", "migrate", "worker", "relay", "board"}
    assert SERVICES["worker"]["deploy"]["replicas"] >= 2


def understood(command: list[str]) -> bool:
    """Tell whether earshot has a command with these options; asking for help parses all of it and runs nothing."""
    return CliRunner().invoke(app, [*command, "--help"]).exit_code == 0


def command_of(service: dict[str, Any]) -> list[str]:
    """Return what earshot is told, also where a shell tells it."""
    if "entrypoint" not in service:
        return list(service["command"])
    told = re.search(r"earshot ([\w -]+);", service["command"][-1])
    assert told is not None
    return told[1].split()


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_ours_with_options_it_has(name: str) -> None:
    command = command_of(OURS[name])
    assert understood(command)
    assert not understood([*command, "--no-such-option"])
    assert not understood(["no-such-command"])


@pytest.mark.parametrize("name", OURS)
def test_every_variable_and_secret_is_a_setting(name: str) -> None:
    known = variables() | {"EARSHOT_SECRETS_DIR"}
    assert set(OURS[name]["environment"]) <= known
    assert {secret.upper() for secret in OURS[name]["secrets"]} <= known


def test_secrets_are_files_that_the_script_makes(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docker" / "make_secrets.sh", tmp_path)
    run = [tmp_path / "make_secrets.sh"]
    subprocess.run(run, check=True, capture_output=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {f"docker/secrets/{name}" for name in made} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert made["postgres_password"] in made["earshot_database_url"]
    assert made["earshot_database_url"].startswith("postgresql://earshot:")
    assert len(set(made.values())) == len(made)
    subprocess.run(run, check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made, "secrets are made once"


def test_no_secret_stands_in_the_file() -> None:
    assert not re.search(
        r"(?i)(password|secret|key)\s*[:=]\s*[\"']?[a-z0-9]{6,}",
        re.sub(r"/run/secrets/\w+", "", (ROOT / "docker-compose.yml").read_text()),
    )
    ignored = subprocess.run(
        ["git", "check-ignore", "docker/secrets/earshot_privacy_key"], cwd=ROOT, capture_output=True, check=False
    )
    assert ignored.returncode == 0, "secrets could be committed"


def test_addresses_agree() -> None:
    for service in OURS.values():
        assert (
            service["environment"]["EARSHOT_KAFKA_BOOTSTRAP"]
            in SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
        )
    script = (ROOT / "docker" / "make_secrets.sh").read_text()
    database = SERVICES["postgres"]["environment"]
    assert f"postgresql://{database['POSTGRES_USER']}:" in script
    assert f"@postgres/{database['POSTGRES_DB']}" in script
    port = SERVICES["board"]["command"][-1]
    assert SERVICES["board"]["ports"] == [f"127.0.0.1:{port}:{port}"], (
        "the board is for this machine until a proxy guards it"
    )
    assert f"EXPOSE {port}" in DOCKERFILE
    assert port in SERVICES["board"]["healthcheck"]["test"][-1]


def test_paths_agree() -> None:
    home = re.search(r"EARSHOT_DATA_DIR=(\S+)", DOCKERFILE)
    assert home is not None
    for service in OURS.values():
        assert [volume.split(":")[1] for volume in service["volumes"]] == [home[1]]
    assert f"VOLUME {home[1]}" in DOCKERFILE
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()
    ]
    assert copied
    assert all((ROOT / path).exists() for path in copied)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{path}" for path in copied} <= set(ignored), "the builder is not sent what it copies"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_bounded_and_watched(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    watched = "healthcheck" in service or (name in OURS and "HEALTHCHECK" in DOCKERFILE)
    assert watched
    if name in OURS:
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


def test_the_broker_of_the_tests_is_the_broker_of_the_stack() -> None:
    version = re.search(r"<kafka.version>(.*)</kafka.version>", (ROOT / "tests" / "kafka" / "pom.xml").read_text())
    assert version is not None
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version[1]}"


@pytest.mark.apache
def test_apache_kafka_starts_with_the_stack_s_own_configuration(tmp_path: Path) -> None:
    """The image turns KAFKA_A_B into a.b; the same lines, on loopback, are given to the broker itself."""
    if missing := missing_for_apache():
        pytest.skip(missing)
    broker = ApacheKafka(tmp_path)
    given = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in SERVICES["kafka"]["environment"].items()
        if name != "KAFKA_HEAP_OPTS"
    }
    given["listeners"] = given["listeners"].replace("//:", "//127.0.0.1:")
    lines = "\n".join(f"{name}={value}" for name, value in given.items())
    lines = (
        lines.replace("kafka:", "127.0.0.1:")
        .replace(":9092", f":{broker.port}")
        .replace(":9093", f":{broker.controller_port}")
    )
    lines = lines.replace("/var/lib/kafka/data", str(tmp_path / "data"))
    broker.start(lines)
    try:
        admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
        assert admin.list_topics() == []
        admin.close()
    finally:
        broker.stop()


def test_docker_compose_understands_the_file() -> None:
    command = next((found for found in (["docker-compose"], ["docker", "compose"]) if _runs([*found, "version"])), None)
    if command is None:
        pytest.skip("docker-compose is not installed; on Debian: apt-get install docker-compose")
    check = subprocess.run([*command, "config", "--quiet"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr


def _runs(command: list[str]) -> bool:
    return (
        shutil.which(command[0]) is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
