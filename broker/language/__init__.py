"""Words, dates, lines and faces of each language the centre speaks."""
