/* SPDX-License-Identifier: ISC */
/*
 * What to do: for each stage, by what the reason says, the first row that fits.
 * Reasons are our own words and the relay's codes.
 */
#include <stddef.h>
#include <string.h>

#include "doctor/advice.h"

#define RESOLVER	"check the nameserver lines in /etc/resolv.conf, and " \
			"that this machine reaches them"
#define FILES		"check ca-file, tls-cert and tls-key"
#define LATER		"try again later"

static const struct {
	enum stage	 stage;
	const char	*part, *advice;
} rows[] = {
	{ STAGE_ROUTE, "no such domain", "check how the domain is spelt" },
	{ STAGE_ROUTE, "takes no mail", "use another relay or address" },
	{ STAGE_ROUTE, "offers neither", "ask the provider for the name of its "
	    "server and use submission://NAME" },
	{ STAGE_ROUTE, "", RESOLVER },

	{ STAGE_NAME, "no such host", "check how the relay is spelt, and the "
	    "search line in /etc/resolv.conf" },
	{ STAGE_NAME, "no address", "check how the relay is spelt, and "
	    "address-family" },
	{ STAGE_NAME, "no IPv", "check address-family" },
	{ STAGE_NAME, "", RESOLVER },

	{ STAGE_CONNECT, "proxy", "check proxy, and that it lets this relay "
	    "and port through" },
	{ STAGE_CONNECT, "source-address", "check source-address" },
	{ STAGE_CONNECT, "assign requested", "check source-address" },
	{ STAGE_CONNECT, "No such file", "start the server that makes the "
	    "socket, or check its path" },
	{ STAGE_CONNECT, "Permission", "let this user write to the socket" },
	{ STAGE_CONNECT, "refused", "check host and port, and that a server "
	    "listens there (587: submission://, 465: submissions://, "
	    "25: smtp://)" },
	{ STAGE_CONNECT, "timed out", "look for a firewall that drops "
	    "packets: where port 25 is closed, 587 and 465 often are open" },
	{ STAGE_CONNECT, "", "check the network and its routes; "
	    "address-family ipv4-only does without IPv6" },

	{ STAGE_GREETING, "timed out", "a server that waits for TLS says "
	    "nothing: then use submissions://" },
	{ STAGE_GREETING, "garbage", "check the port: this is no mail server" },
	{ STAGE_GREETING, ": 4", LATER ": the relay is busy, or limits "
	    "connections" },
	{ STAGE_GREETING, ": 5", "ask the relay's operator: it wants no mail "
	    "from this machine's address" },
	{ STAGE_GREETING, "closed", "check the port and whether the relay lets "
	    "this machine in; for TLS from the first byte use submissions://" },
	{ STAGE_GREETING, "", "check the port: this may be no mail server" },

	{ STAGE_HELLO, ": 4", LATER },
	{ STAGE_HELLO, "", "check hostname: the relay may want a name that is "
	    "in the DNS" },

	{ STAGE_TLS, "No such file", FILES },
	{ STAGE_TLS, "PEM form", FILES },
	{ STAGE_TLS, "not a file", FILES },
	{ STAGE_TLS, "not the key of", FILES },
	{ STAGE_TLS, "may read it", FILES },
	{ STAGE_TLS, "not offered", "if its port has TLS from the first byte "
	    "use submissions://; smtp:// does without TLS in a network you "
	    "trust" },
	{ STAGE_TLS, "does not answer with TLS", "use submission:// for a port "
	    "that begins in clear text" },
	{ STAGE_TLS, "check the clock", "set the clock of this machine" },
	{ STAGE_TLS, "does not list", "if the relay has a new key, and that is "
	    "known from elsewhere, change tls-pin" },
	{ STAGE_TLS, "expired", "let the relay's operator renew the "
	    "certificate" },
	{ STAGE_TLS, "not for this name", "name the relay as its certificate "
	    "does" },
	{ STAGE_TLS, "unknown authority", "if the CA is a private one, name "
	    "its file with ca-file; else the relay's operator must send the "
	    "whole chain" },
	{ STAGE_TLS, "signed by itself", "pin it as told, if it is known from "
	    "elsewhere to be the relay's" },
	{ STAGE_TLS, "bundle", "install ca-certificates, or set ca-file" },
	{ STAGE_TLS, "speaks no TLS", "let the relay's operator update it; "
	    "tls-min 1.2 is the least" },
	{ STAGE_TLS, "client certificate", "set tls-cert and tls-key" },
	{ STAGE_TLS, "timed out", "use submission:// for a port that begins in "
	    "clear text" },
	{ STAGE_TLS, "", "check the port, and tls-min" },

	{ STAGE_AUTH, "without TLS", "" },
	{ STAGE_AUTH, "not offered", "use the port for submission (587 or "
	    "465), or leave user and password out" },
	{ STAGE_AUTH, "offers", "check auth" },
	{ STAGE_AUTH, ": 4", LATER },
	{ STAGE_AUTH, "", "check user and password; many providers want a "
	    "password that is made for one program" },

	{ STAGE_MAIL, ": 530", "set user and password: the relay wants a "
	    "login" },
	{ STAGE_MAIL, "timed out", LATER },
	{ STAGE_MAIL, ": 4", LATER },
	{ STAGE_MAIL, "", "set from to an address that the relay takes, or "
	    "force-from if it takes only one" },

	{ STAGE_RCPT, "elay", "set user and password, or ask the relay's "
	    "operator: it does not pass mail on for everybody" },
	{ STAGE_RCPT, ": 530", "set user and password: the relay wants a "
	    "login" },
	{ STAGE_RCPT, "timed out", LATER },
	{ STAGE_RCPT, ": 4", LATER ": the relay may make unknown senders "
	    "wait" },
	{ STAGE_RCPT, "", "check the address; who root is says the keyword "
	    "root or an alias" },
};

const char *
advice(enum stage stage, const char *reason)
{
	size_t n = sizeof(rows) / sizeof(rows[0]);

	for (size_t i = 0; i < n; i++)
		if (rows[i].stage == stage &&
		    strstr(reason, rows[i].part) != NULL)
			return rows[i].advice;
	return "";
}
