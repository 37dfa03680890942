"""What is a country's own: calendar, opening hours, wording. The only folders that name one."""
