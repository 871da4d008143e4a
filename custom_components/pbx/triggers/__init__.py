"""The triggers of the integration: calls, people, queues and phones."""
