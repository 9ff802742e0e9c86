"""What a person applies for in their own name: the business, the photographs, the site visit."""
