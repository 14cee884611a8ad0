"""What moto's EC2 misses, put over moto's own models and responses."""
