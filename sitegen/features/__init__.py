"""One site-wide output a file: ``(vault, pages, site) -> Iterable[Artifact | View]``. Features do not know each other."""
