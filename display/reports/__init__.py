"""What the ledger's days say of the service: figures over any span, and the sheets and pages that show them."""
