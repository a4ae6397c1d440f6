"""1 What each system says: complete, or it raises. Live pulls and file exports give the same snapshot."""
