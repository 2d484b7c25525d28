# What cannot be had is refused at once; so is what means nothing.
args: -bs
stderr: 220 client.example.org ESMTP sendlet\r
stderr: 250-client.example.org\r
stderr: 250-PIPELINING\r
stderr: 250-SIZE 104857600\r
stderr: 250-8BITMIME\r
stderr: 250-SMTPUTF8\r
stderr: 250-DSN\r
stderr: 250-DELIVERBY\r
stderr: 250-MT-PRIORITY\r
stderr: 250-ENHANCEDSTATUSCODES\r
stderr: 250 CHUNKING\r
stderr: 554 5.7.0 REQUIRETLS: the relay is reached without verified TLS (RFC 8689)\r
stderr: 554 5.7.0 DELIVERBY: not offered by the relay (RFC 2852)\r
stderr: 501 5.5.4 a parameter of MAIL is not valid\r
stderr: 501 5.5.4 a parameter of MAIL is not valid\r
stderr: 501 5.5.4 a parameter of MAIL is not valid\r
stderr: 221 2.0.0 client.example.org bye\r
M: EHLO me\r
M: MAIL FROM:<kit@example.org> REQUIRETLS\r
M: MAIL FROM:<kit@example.org> BY=60;R\r
M: MAIL FROM:<kit@example.org> BY=x\r
M: MAIL FROM:<kit@example.org> MT-PRIORITY=12\r
M: MAIL FROM:<kit@example.org> ENVID=j\xfcr\r
M: QUIT\r

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 REQUIRETLS
C: QUIT
S: 221 2.0.0 Bye
