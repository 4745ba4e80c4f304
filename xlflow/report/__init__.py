"""The narrative self-evaluation report (自评报告) as a .docx, from what the ledger holds."""
