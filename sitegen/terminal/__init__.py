"""What a person sees in the terminal: progress, diagnostics, summary."""
