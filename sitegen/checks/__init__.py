"""One lint a file: ``(facts, place) -> Iterable[Diagnostic]``, over one published note and what the vault says of it."""
