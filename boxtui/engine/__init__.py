"""The only room that imports docker: connections, answers parsed into the model, streams."""
