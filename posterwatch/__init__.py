"""The shell on top of the detector: the command line."""
