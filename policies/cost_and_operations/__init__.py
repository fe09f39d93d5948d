"""What is spent and what fails is noticed by somebody."""
