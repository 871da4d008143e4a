"""What people can ask and order in words: by voice, by text, and through language models."""
