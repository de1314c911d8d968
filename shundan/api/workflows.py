"""Workflows: what is in force, versions, checks, publishing, comparison."""

from shundan.api.designs import routes_of_designs

routes = routes_of_designs("workflows", kind="workflow", one="workflow")
