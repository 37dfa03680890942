"""The control filter: criteria that stop a consignment for a person."""
