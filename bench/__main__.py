"""``make bench``: every stage, redaction and hearing from within (and Presidio, with PRESIDIO=interpreter), then discovery at three sizes."""

from __future__ import annotations

from bench import discovery, hearing, stages

if __name__ == "__main__":
    stages.main()
    hearing.main()
    discovery.main()
