# Addresses are UTF-8 or none.
args: -f kit@example.org -i 'p\xe4t@example.net' 'p\xed\xa0\x80t@example.net' 'pat@b\xfccher.example'
exit: 65
stderr~: sendlet: <p.*t@example.net>: not an address: not UTF-8 \(RFC 6532 section 3.1\)
stderr~: sendlet: <p.*t@example.net>: not an address: not UTF-8 \(RFC 6532 section 3.1\)
stderr~: sendlet: <pat@b.*cher.example>: not an address: not UTF-8 \(RFC 6532 section 3.1\)
M: From: kit@example.org
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
never
