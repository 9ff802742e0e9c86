"""People trained at their work (以工代训): their roster, and the proof of what they were paid each month."""
