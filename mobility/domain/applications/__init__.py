"""An application before it is a case: `vocabulary` says what is asked, `completeness` when it is answered."""
