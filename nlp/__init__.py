"""What it means: redaction, signals with their words, vectors, themes. No broker, database, environment or clock in here."""
