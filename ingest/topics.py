"""Our topics, made with the retention that privacy needs: a broker cannot forget one record, so it forgets by age."""

from __future__ import annotations

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from ingest.kafka_client import connection, ensure_topic, unreachable
from ingest.settings import IngestSettings

DAY_MS = 86_400_000
EVENTS = ("earshot.theme", "earshot.feedback", "earshot.echo")


def create(settings: IngestSettings) -> list[tuple[str, int]]:
    """Make the topics that are missing, and set on all how long they keep; return them with their days.

    Raises BrokerUnreachable, also when the broker refuses the setting.
    """
    names = list(dict.fromkeys((settings.kafka_topic, *EVENTS)))
    for name in names:
        ensure_topic(settings, name)
    try:
        admin = KafkaAdminClient(**connection(settings))
    except KafkaError as error:
        raise unreachable(settings, error) from error
    try:
        kept = {"retention.ms": str(settings.kafka_retention_days * DAY_MS), "cleanup.policy": "delete"}
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, kept) for name in names])
    except KafkaError as error:
        raise unreachable(settings, error) from error
    finally:
        admin.close()
    return [(name, settings.kafka_retention_days) for name in names]
