"""A domain of Active Directory as the lab has it: objects, what becomes of them, and who may."""
