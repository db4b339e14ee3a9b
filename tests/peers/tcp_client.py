# tcp_client.py -- a client that isn't ours: what tcp-client.c is, in Python
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as server:
    server.sendall(sys.stdin.buffer.read())
    if len(sys.argv) > 2:
        server.shutdown(socket.SHUT_WR)
    while data := server.recv(1024):
        sys.stdout.buffer.write(data)
