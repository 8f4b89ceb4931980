"""What the stream brings in and what goes out: batches, offsets, the outbox, records set aside, incidents."""
