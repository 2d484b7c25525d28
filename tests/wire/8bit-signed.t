# What is signed is not touched: one clear line instead.
args: -f kit@example.org -i pat@example.net
exit: 65
stderr~: sendlet: .*8-bit text.*DKIM-Signature.*encode-signed.*
M: DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; h=from; bh=x; b=y
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: caf\xc3\xa9

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: QUIT
S: 221 2.0.0 Bye
