"""Windows hosts as their OpenSSH shows them."""
