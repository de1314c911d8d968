"""Approval tables: what is in force, versions, checks, publishing, comparison."""

from shundan.api.designs import routes_of_designs

routes = routes_of_designs("approval_tables", kind="approval_table", one="approval table")
