"""The personal statements of victims who apply for T status."""
