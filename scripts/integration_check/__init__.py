"""Check the integration offline as hassfest and HACS do, and for missing texts and icons."""
