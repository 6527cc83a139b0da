"""What every domain stands on, and no domain: settings, database, clock, errors, requests, jobs, outbox, audit."""
