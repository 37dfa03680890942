"""What every office role's table is made of."""
