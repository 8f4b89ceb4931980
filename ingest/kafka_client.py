"""How every client of the broker connects, and the topic it needs."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from ingest.settings import IngestSettings

BOOTSTRAP_MS = 10_000
KNOCK_SECONDS = 3.0


class BrokerUnreachable(RuntimeError):
    """No broker answers at the configured address; the message names the mend."""


@dataclass(frozen=True, slots=True)
class TopicIdentity:
    """Which log this is. The id changes when a topic is deleted and made again (KIP-516); offsets then mean nothing."""

    cluster: str
    topic: str
    topic_id: str


def connection(settings: IngestSettings) -> dict[str, Any]:
    """Return the connection part of a kafka-python configuration."""
    found: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap.split(","),
        "security_protocol": settings.kafka_security_protocol,
        "bootstrap_timeout_ms": BOOTSTRAP_MS,
    }
    if settings.kafka_ca_file:
        found["ssl_cafile"] = settings.kafka_ca_file
    if settings.kafka_sasl_mechanism:
        found |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return found


def ensure_topic(settings: IngestSettings, name: str = "") -> TopicIdentity:
    """Create the topic (the one of Feedback, unless named) if it is missing and return which log it is.

    Raises BrokerUnreachable. Brokers are often set not to make topics by themselves, so nobody relies on it.
    """
    topic = name or settings.kafka_topic
    _knock(settings)
    try:
        admin = KafkaAdminClient(**connection(settings))
    except KafkaError as error:
        raise unreachable(settings, error) from error
    try:
        if topic not in admin.list_topics():
            try:
                admin.create_topics({topic: {"num_partitions": settings.kafka_partitions, "replication_factor": -1}})
            except TopicAlreadyExistsError:
                pass
        described = admin.describe_topics([topic])[0]
        cluster = admin.describe_cluster()["cluster_id"]
    except KafkaError as error:
        raise unreachable(settings, error) from error
    finally:
        admin.close()
    return TopicIdentity(str(cluster), topic, str(described.get("topic_id") or ""))


def _knock(settings: IngestSettings) -> None:
    """Say at once that nobody listens: the client would try for long, and leave its socket open when it gives up."""
    failure: OSError | ValueError = ConnectionRefusedError()
    for address in settings.kafka_bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_SECONDS).close()
            return
        except (OSError, ValueError) as error:
            failure = error
    raise unreachable(settings, failure) from failure


def unreachable(settings: IngestSettings, error: Exception) -> BrokerUnreachable:
    return BrokerUnreachable(
        f"no Kafka broker answers at {settings.kafka_bootstrap} ({type(error).__name__}); start one, "
        "correct EARSHOT_KAFKA_BOOTSTRAP, or try `earshot demo`, which brings its own"
    )
