# An RCPT names one mailbox, no more and no less.
args: -bs
stderr: 220 client.example.org ESMTP sendlet\r
stderr: 250 client.example.org\r
stderr: 250 2.1.0 Ok\r
stderr: 501 5.1.3 no recipient address\r
stderr~: 553 5.1.3 "": .*there is none.*\r
stderr~: 553 5.1.3 "\(a@example.net\)": .*there is none.*\r
stderr~: 553 5.1.3 "a@example.net, b@example.net": .*one is wanted here, not a list\r
stderr~: 553 5.1.3 "group: a@example.net;": .*one is wanted here, not a list\r
stderr~: 553 5.1.3 "a b": .*two words.*\r
stderr: 503 5.5.1 RCPT first\r
stderr: 221 2.0.0 client.example.org bye\r
M: HELO me\r
M: MAIL FROM:<kit@example.org>\r
M: RCPT TO:<>\r
M: RCPT TO:< >\r
M: RCPT TO:<(a@example.net)>\r
M: RCPT TO:<a@example.net, b@example.net>\r
M: RCPT TO:<group: a@example.net;>\r
M: RCPT TO:<a b>\r
M: DATA\r
M: QUIT\r

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye
