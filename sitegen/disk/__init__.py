"""All code that touches the file system: finding a site, reading a vault and a theme, writing the output."""
