"""Question sets: asked through the real engine, judged, and compared with how they fared before."""
