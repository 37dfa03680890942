"""What a person runs by hand: the demo, stories, simulations, measurements, questions."""
