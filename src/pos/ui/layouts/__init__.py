"""The layout editor: the text of a layout, what is wrong with it, and the paper it makes."""
