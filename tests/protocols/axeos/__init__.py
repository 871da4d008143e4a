"""Test the Axeos protocol and its simulator."""
