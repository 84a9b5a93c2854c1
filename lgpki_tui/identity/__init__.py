"""Which PC, which login: the only reader of /etc/machine-id and /proc/self/loginuid."""
