"""What the archive keeps: packaged, checked, staged for it to fetch."""
