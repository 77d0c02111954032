"""Everything people read by mail: facts gathered from a report, said in words, drawn as text and as HTML."""
