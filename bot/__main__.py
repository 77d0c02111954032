"""`python -m bot` is `rollcall`."""

from bot.cli import main

# A process made for one message imports this module again, under another name.
if __name__ == "__main__":
    main()
