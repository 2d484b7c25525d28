# Settings and aliases may have UTF-8.
args: -i kit ops
conf: domain bücher.example
conf: sender-map * j@bücher.example
A: ops: p\xc3\xa4ts@example.net, pat@b\xc3\xbccher.example
env: NAME=Kit
exit: 67
stderr~: sendlet: <p.*ts@example.net> \(for ops\): 127.*ASCII addresses only.*
M: To: kit
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<j@xn--bcher-kva.example>
S: 250 2.1.0 Ok
C: RCPT TO:<kit@xn--bcher-kva.example>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@xn--bcher-kva.example>
S: 250 2.1.0 Ok
C: DATA
S: 354 go on
C: To: kit@xn--bcher-kva.example
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C: From: Kit <j@xn--bcher-kva.example>
C:
C: hi
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye
