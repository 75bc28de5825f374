"""At the counter: people, places, basket, payment and paper."""
