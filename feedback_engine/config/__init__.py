"""The configuration: what a project's config.yaml may say, and how it is read."""
