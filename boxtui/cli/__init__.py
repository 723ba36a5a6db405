"""The command line: one file a command; loads no Textual."""
