"""What happens to shapes: axes, broadcasting, cuts, masks, joins."""
