"""What all tests share."""

# The test helpers bring a package of this name; ours has to be there first.
import custom_components  # noqa: F401
