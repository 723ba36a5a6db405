"""The terminal emulator: bytes to cells, keys to bytes; knows neither docker nor textual."""
