# CR and LF in an argument: a break-in, nothing is sent.
args: -f kit@example.org -i 'pat@example.net>\r\nRCPT TO:<evil@example.com' sam@example.net
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
