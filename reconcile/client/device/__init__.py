"""What is asked of a device and done to it, by scripts that run there; the way to it is another's business."""
