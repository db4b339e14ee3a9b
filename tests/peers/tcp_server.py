# tcp_server.py -- a server that isn't ours: what tcp-server.c is, in Python
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

import socket
import struct
import sys

end = sys.argv[1]
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    client, address = server.accept()
    with client:
        if end == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))
            sys.exit()
        if end != "at-once":
            last = b"" if end == "at-end" else bytes([int(end)])
            while (byte := client.recv(1)) != last and byte:
                sys.stdout.buffer.write(byte)
            sys.stdout.flush()
        client.sendall(sys.stdin.buffer.read())
