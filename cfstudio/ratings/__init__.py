"""What was observed: tables, readers, known data sets, hold-out split."""
