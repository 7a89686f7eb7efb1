"""For those who run the house: is it alive, is it ready, what does it count."""
