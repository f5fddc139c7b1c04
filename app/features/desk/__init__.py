"""The control desk: what the screen in the room shows now and next, one button per step."""
