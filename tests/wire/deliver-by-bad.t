# What is no time.
args: -f kit@example.org -i pat@example.net -O DeliverBy=soon
exit: 64
stderr~: sendlet: "soon": must be SECONDS, .*
M: From: kit@example.org
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
never
