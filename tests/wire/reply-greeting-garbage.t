# Nor the greeting of another protocol.
args: -f kit@example.org -i pat@example.net
exit: 76
stderr~: sendlet: .*SSH-2\.0.*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
S: SSH-2.0-OpenSSH_9.2p1
stall
