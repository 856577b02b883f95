"""The hall's screen: who is called where, who waits how long, and in between how each service goes."""
