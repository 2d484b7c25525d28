# A field that is to be left is not encoded: others are.
conf: leave Subject
args: -f kit@example.org -i pat@example.net
exit: 65
stderr~: sendlet: .*Subject.*\(leave\)
M: From: Kit <kit@example.org>
M: Subject: caf\xc3\xa9
M:
M: Hello

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: QUIT
S: 221 2.0.0 Bye
