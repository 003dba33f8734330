"""Who is calling, what they may see, and the verbs that bots, owners and slots share across doors."""
