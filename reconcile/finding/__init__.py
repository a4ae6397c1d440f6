"""3 What disagrees. Pure: frames in, findings out; one rule a file, and the README's "Findings" says each in words."""
