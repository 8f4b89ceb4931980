"""Protects what a worker tells Prometheus: the tally's numbers, on loopback, and nobody's words."""

from __future__ import annotations

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from pipelines.metrics import WorkerMetrics
from pipelines.run import Tally


def test_the_tally_is_told_batch_by_batch() -> None:
    metrics = WorkerMetrics(0)
    try:
        metrics.at(Tally(stored=5, set_aside=1), clients=1)
        metrics.at(Tally(stored=9, updated=2, unchanged=3, set_aside=1), clients=3)
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics.port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    finally:
        metrics.close()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    records = {
        sample.labels["outcome"]: sample.value
        for sample in families["earshot_worker_records"].samples
        if sample.name.endswith("_total")
    }
    assert records == {"stored": 9, "updated": 2, "unchanged": 3, "set_aside": 1}
    clients = [one.value for one in families["earshot_worker_clients"].samples if one.name.endswith("_total")]
    assert clients == [3]
    assert families["earshot_worker_last_batch_timestamp_seconds"].samples[0].value > 0
