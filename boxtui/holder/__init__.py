"""The process that keeps terminals alive without the console."""
