"""What ``shapeguard check`` costs: whole processes beside those of other tools, in one run."""
