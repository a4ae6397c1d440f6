"""Microsoft Entra Connect as the lab has it: what it does between AD and Entra, and what it says when it is asked."""
