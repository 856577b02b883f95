"""A past for a centre to try its reports on: days drawn by chance, and lived through by the hall's own rules."""
