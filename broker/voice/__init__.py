"""A voice as every node that speaks needs it: sound, packs of recorded words, and the player of what was mixed."""
