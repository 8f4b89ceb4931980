"""How much evidence there is: packed when written, held as columns, equal to a recount at any moment."""
