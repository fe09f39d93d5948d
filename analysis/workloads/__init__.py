"""What runs code: services, jobs, pools and functions, their containers and what is written into them."""
