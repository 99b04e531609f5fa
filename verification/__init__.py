"""Programs that show where assumed numbers of the catalogue come from; run by hand."""
