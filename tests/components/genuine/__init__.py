"""Tests of the whole integration on a genuine Asterisk with telephones that call each other."""
