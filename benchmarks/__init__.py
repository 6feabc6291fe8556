"""How fast the server is, beside nginx and moto in the same run: CPU per request, rates, memory."""
