"""What every named artist of a view or picture must show, worked out anew; see test_drawn.py."""
