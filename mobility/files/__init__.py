"""Files that people send: checked before they are kept (`checking`), kept by their content (`store`)."""
