# A sender who is no address at all.
args: -f 'j\xfcrgen@example.org' -i pat@example.net
exit: 65
stderr~: sendlet: "j.*rgen@example.org": not an address: not UTF-8 \(RFC 6532 section 3.1\)
M: From: kit@example.org
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
never
