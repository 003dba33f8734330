"""Numbers that belong to a person, found in what was said: phones, cards, ids, accounts, addresses for e-mail."""
