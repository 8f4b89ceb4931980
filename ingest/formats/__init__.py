"""One file per source format. Each reads a file into rows that hold an event of schema version 1, or say why not."""
