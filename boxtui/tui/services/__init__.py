"""What the console does in threads: it watches, scans, reads documents and carries changes out."""
