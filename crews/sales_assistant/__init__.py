"""The sales assistant: a router, a sales analyst and a market researcher."""
