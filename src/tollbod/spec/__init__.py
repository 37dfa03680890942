"""What others wrote, as data in our own tables: message structures and code lists."""
