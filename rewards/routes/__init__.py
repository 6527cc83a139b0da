"""The doors of the rewards: points, benefits, vouchers, the till."""
