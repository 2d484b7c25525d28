# LF alone too.
args: -f kit@example.org -i sam@example.net 'pat@example.net\nx'
exit: 65
stderr~: sendlet: .*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
never
