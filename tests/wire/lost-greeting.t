# The relay hangs up at once.
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
close
