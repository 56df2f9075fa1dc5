"""Lets `python -m archivesearch` be the same program as `archivesearch`."""

from archivesearch.cli import main

if __name__ == "__main__":
    main()
