"""The whole service as people meet it: started, mailed to, killed, started again."""
