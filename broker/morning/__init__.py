"""A scripted morning at a running centre, driven and judged from outside.

Hands touch through X events, eyes look at the windows' pixels, ears keep what the sound card
would have played, a foreign MQTT client writes down every message.  Nothing here asks a Khiu
process whether it did well.
"""
