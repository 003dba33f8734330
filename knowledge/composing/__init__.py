"""From what was found to what is said: the entries' own sentences, or a language model's wording of them."""
