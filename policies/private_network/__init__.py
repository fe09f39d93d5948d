"""Nothing is reachable from the internet but what stands behind the load balancer."""
