"""One Obsidian construct a file, each a markdown-it plugin ``def plugin(md)``.

A rule records what it found in tokens' ``meta``; it knows nothing of other notes.  What a link or
embed points to is settled long after, so these tokens carry targets as written.
"""
