"""What deeds are worth: ledger, expiry, benefits and partners, vouchers, the till, statements."""
