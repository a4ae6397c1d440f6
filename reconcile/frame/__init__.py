"""2 The same facts as typed tables. Pure: a snapshot in, a frame out."""
