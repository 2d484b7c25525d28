# The example of RFC 821 section 3.1: three recipients, no such Green; two get the mail.
args: -f Smith@ALPHA.ARPA Jones@BETA.ARPA Green@BETA.ARPA Brown@BETA.ARPA
exit: 67
stderr~: sendlet: .*Green@BETA\.ARPA.*550 No such user here.*
M: From: Smith@ALPHA.ARPA
M: To: Jones@BETA.ARPA
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@ALPHA.ARPA>
M:
M: Blah blah blah...
M: ...etc. etc. etc.

server
S: 220 BETA.ARPA Simple Mail Transfer Service Ready
C: EHLO client.example.org
S: 250 BETA.ARPA
C: MAIL FROM:<Smith@ALPHA.ARPA>
S: 250 2.1.0 Ok
C: RCPT TO:<Jones@BETA.ARPA>
S: 250 OK
C: RCPT TO:<Green@BETA.ARPA>
S: 550 No such user here
C: RCPT TO:<Brown@BETA.ARPA>
S: 250 OK
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: From: Smith@ALPHA.ARPA
C: To: Jones@BETA.ARPA
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@ALPHA.ARPA>
C:
C: Blah blah blah...
C: ....etc. etc. etc.
C: .
S: 250 OK
C: QUIT
S: 221 BETA.ARPA Service closing transmission channel
