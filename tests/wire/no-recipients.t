# Nobody to send to.
args: -f kit@example.org -t
exit: 65
stderr~: sendlet: .*
M: From: kit@example.org
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M: Subject: x
M:
M: Hello

server
never
