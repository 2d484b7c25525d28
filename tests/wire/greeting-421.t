# A relay that closes after its greeting.
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*421 4\.3\.2 shutting down.*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
S: 421 4.3.2 shutting down
close
