"""The limits that LINE checks in a bot's messages, and the shape of its error answers."""
