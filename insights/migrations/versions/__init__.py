"""One file per chapter; run by ``earshot db upgrade``."""
