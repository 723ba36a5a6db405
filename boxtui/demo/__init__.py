"""The demo: a private engine where none answers, and boxes that tell the true story."""
