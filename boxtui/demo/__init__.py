"""The demo: an engine of its own where none answers, and boxes that tell the story."""
