"""What goes with paper originals on paper: routing slips and destruction lists."""
