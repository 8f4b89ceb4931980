"""``make bench``: every stage, then discovery at three sizes; tables on the screen."""

from __future__ import annotations

from bench import discovery, stages

if __name__ == "__main__":
    stages.main()
    discovery.main()
