"""sitegen: a static site generator for Obsidian-style wikis."""

__version__ = "0.1.0"
