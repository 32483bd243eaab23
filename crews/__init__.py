"""CrewAI, at arm's length. A crew is handed its world (tools, model, memory, events) and fetches nothing."""
