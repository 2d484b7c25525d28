# A Resent- block is what counts, and is completed; its Bcc goes too.
args: -f kit@example.org -t
M: Resent-From: kit@example.org
M: Resent-To: r@example.net
M: Resent-Bcc: s@example.net
M: From: kit@example.org
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M: To: a@example.net
M: Bcc: b@example.net
M:
M: Hello

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<r@example.net>
S: 250 2.1.5 Ok
C: RCPT TO:<s@example.net>
S: 250 2.1.5 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C/: Resent-Date: [A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}
C/: Resent-Message-ID: <[^<> ]+@client\.example\.org>
C: Resent-From: kit@example.org
C: Resent-To: r@example.net
C: From: kit@example.org
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C: To: a@example.net
C:
C: Hello
C: .
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye
