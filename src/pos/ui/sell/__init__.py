"""The selling screen: a show's hall on the left, the basket and its payment on the right."""
