"""The listening loop: owners, the ledger, echoes, the say, and what they amount to."""
