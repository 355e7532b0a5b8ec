"""Text → TaggedText; frames of texts → annotations."""
