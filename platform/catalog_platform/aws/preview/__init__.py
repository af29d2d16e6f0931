"""Read what only an account knows about a deployment, without changing a resource."""
