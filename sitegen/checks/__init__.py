"""One lint a file: ``(vault) -> Iterable[Diagnostic]``, over what is published."""
