"""What the centre hands over on a page of paper, set in its own face with its own line ends."""
