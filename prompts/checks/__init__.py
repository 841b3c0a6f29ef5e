"""What can be wrong in the files of ``prompts/``, one module a subject. Every check returns all mistakes it sees."""
