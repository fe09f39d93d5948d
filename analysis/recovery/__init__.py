"""What a killed `up` leaves, read from a state, and what each cut-off operation needs. It runs nothing."""
