# Nobody can be asked: that is no verdict on the address.
args: -bv -f kit@example.org a@example.net
exit: 69
stderr~: a@example.net... deferred: mailer relay, user a@example.net \(.*refused.*\)

server
refuse
