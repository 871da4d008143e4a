"""From the forms to the config entry."""
