# A failure names the recipient and the name the caller gave.
args: -f kit@example.org -i root
exit: 67
stderr~: sendlet: <ops@example.com> \(for root\): .*: RCPT TO: 550 5.1.1 never
A: root: ops@example.com
M: From: kit@example.org
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M: To: root
M:
M: Hello

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<ops@example.com>
S: 550 5.1.1 never
C: QUIT
S: 221 2.0.0 Bye
