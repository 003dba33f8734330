"""`python -m bot` is the `shopkeeper` command."""

from bot.cli import main

main()
