"""Notes about videos: the forms of a stamp, what a stamp means, and the addresses of a video.

Owns everything that is known of time stamps and of video providers, as pure functions. It must not know
Markdown, files, pages or the vault: the syntax rules hand it text, the stages hand it numbers.

- ``youtube``: ids and addresses; the one place that knows the provider.
- ``files``: recordings that are files of the vault.
- ``stamps``: recognises every written form of a stamp and settles what exactly was written.
- ``jumps``: how far authors jump from one stamp to the next; compares two ways to read a sequence.
- ``reading``: decides what each stamp of a video's notes means.
"""
