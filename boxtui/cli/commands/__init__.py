"""The commands: a file each, named as its verb."""
