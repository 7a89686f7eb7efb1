"""What people fill in about a case, as forms: the asker's, the desk's, the handler's and the supervisor's."""
