# What is no priority.
args: -f kit@example.org -i pat@example.net -O MtPriority=10
exit: 64
stderr~: sendlet: "10": must be -9 to 9 \(RFC 6710\)
M: From: kit@example.org
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
never
