"""What goes in and out of the routes about people: answers are allow-lists."""
