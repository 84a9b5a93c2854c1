"""The acts themselves, called as the faces call them."""
