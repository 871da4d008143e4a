"""What can be asked of a PBX in words: by voice, by text, and by language models."""
