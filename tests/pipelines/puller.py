"""A pull as a process that can be killed: ``python -m tests.pipelines.puller NAME``, settings from the environment."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from ingest.pseudonyms import Pseudonyms
from ingest.pull import client
from ingest.pull.settings import PullSettings
from ingest.wire import Decoder
from insights.settings import StoreSettings
from insights.store import Store
from pipelines.pulling import pull

if __name__ == "__main__":
    client.FIRST_WAIT = 0.01
    with Store(StoreSettings().url) as store:
        fresh = datetime(2026, 1, 1, tzinfo=UTC) if "--since" in sys.argv else None
        print(pull(store, PullSettings(), sys.argv[1], Decoder(Pseudonyms(b"0123456789abcdef")), since=fresh))
