"""The lab: EC2 and STS over the wire, with a real machine behind every instance."""
