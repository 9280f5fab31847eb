"""One verb a file. A verb gathers what it needs, calls the one `build`, and says what happened."""
