"""Pages for everybody: no sign-in, no names, no cookie needed. Reads what is closed and published, and nothing else."""
