"""Test the Switchvox protocol against the simulator, and its transport against genuine servers."""
