"""Keyed hashes for people: equal ids stay equal, a stolen table names nobody."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path


class Pseudonyms:
    """HMAC-SHA-256 (RFC 2104) of a person's id, cut to 128 bits; the kind keeps customers and agents apart."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError(
                "the privacy key is shorter than 16 bytes; delete it to have a new one made, or set EARSHOT_PRIVACY_KEY"
            )
        self._key = key

    def customer(self, raw: str) -> str:
        return self._hash("customer", raw)

    def agent(self, raw: str) -> str:
        return self._hash("agent", raw)

    def _hash(self, kind: str, raw: str) -> str:
        if not raw:
            return ""
        return hmac.new(self._key, f"{kind}:{raw}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def privacy_key(given: str, data_dir: Path) -> bytes:
    """Return the key given by settings, or the one kept in ``data_dir/privacy.key``, made on first use (mode 0600)."""
    if given:
        return given.encode()
    path = data_dir / "privacy.key"
    if path.exists():
        return path.read_bytes()
    data_dir.mkdir(parents=True, exist_ok=True)
    # Written aside and then linked: whoever comes second finds the whole key, never an empty file.
    handle, aside = tempfile.mkstemp(dir=data_dir)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(aside)
    return path.read_bytes()
