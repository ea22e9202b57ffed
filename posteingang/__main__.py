"""`python -m posteingang`."""

from posteingang.cli import main

main()
