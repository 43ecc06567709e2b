"""`python -m posterwatch` does what the command `posterwatch` does."""

from posterwatch.cli import main

if __name__ == "__main__":  # worker processes import this module under another name
    main()
