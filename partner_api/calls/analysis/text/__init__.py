"""What is read out of the words of a call: sentences, questions, objections, promises, figures, topics."""
