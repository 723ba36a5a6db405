"""The persistence map: what a box's paths hold and what they survive."""
