"""A client on paramiko: a terminal, or one command, over a bare connection.

Usage: paramiko_client.py PORT USER KEY [COMMAND]; KEY is the host's public key, in base64.
"""
import base64
import os
import select
import shutil
import sys
import tty

import paramiko

port, user, key = int(sys.argv[1]), sys.argv[2], sys.argv[3]
transport = paramiko.Transport(("127.0.0.1", port))
transport.connect(hostkey=paramiko.Ed25519Key(data=base64.b64decode(key)))
# Not "none" first: paramiko asks for the service anew before each way to log in,
# which the server's library takes once. Nothing is asked, so nothing is answered.
transport.auth_interactive(user, lambda title, instructions, prompts: [])
channel = transport.open_session()
if len(sys.argv) > 4:
    channel.exec_command(sys.argv[4])
    while True:
        chunk = channel.recv(4096)
        if not chunk:
            break
        os.write(1, chunk)
    sys.exit(channel.recv_exit_status())

columns, lines = shutil.get_terminal_size()
channel.get_pty(os.environ.get("TERM", "xterm"), columns, lines)
channel.invoke_shell()
tty.setraw(0)
while True:
    ready, _, _ = select.select([0, channel], [], [])
    if channel in ready:
        chunk = channel.recv(4096)
        if not chunk:
            break
        while chunk:
            chunk = chunk[os.write(1, chunk):]
    if 0 in ready:
        channel.sendall(os.read(0, 1024))
sys.exit(channel.recv_exit_status())
