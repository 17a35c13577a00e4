"""`make bench`: the services on an archive of the real size, each beside the same question put to PostgreSQL itself.

What is judged is the ratio to that floor, and to the stock server, in the same run; milliseconds hold for one machine.
"""
