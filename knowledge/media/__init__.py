"""What customers send that isn't text, made text: images."""
