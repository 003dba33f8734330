"""The Partner API: partners' back ends provision bots for their customers."""
