/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_CONF_H
#define CONFIG_CONF_H

#include <stdbool.h>
#include <stdint.h>
#include <bsd/sys/queue.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "config/signer.h"

/* Where to look for the server: host is its name, or a domain, or nothing. */
enum relay_kind {
	RELAY_SMTP, RELAY_MX, RELAY_SRV, RELAY_DIRECT, RELAY_MAILDIR
};
enum conf_delivery { DELIVER_NOW, DELIVER_BACKGROUND, DELIVER_LATER };
enum long_lines { LONG_ENCODE, LONG_REFUSE, LONG_ENCODE_SIGNED };
enum relay_tls { TLS_NEVER, TLS_OFFERED, TLS_STARTTLS, TLS_IMPLICIT };

enum address_family { FAMILY_ANY, FAMILY_IPV4, FAMILY_IPV6 };

/* Canonicalization: the body's bit, then the header's; 1 is relaxed. */
enum dkim_form { DKIM_BODY_RELAXED = 1, DKIM_HEADER_RELAXED = 2 };

/* How mail is signed, RFC 6376. */
struct dkim {
	char		*sign;		/* triples: domain, selector, file */
	char		*headers;	/* names of fields; NULL: the usual */
	int		 form;		/* enum dkim_form */
	struct signers	 signers;	/* by startup */
};

/* Waiting times in milliseconds; 0 means no limit. */
struct timeouts {
	int64_t	connect, greeting, command, data, block, dot;
};

struct credentials;
struct origins;
struct place;

/*
 * One relay with its settings.  All strings live as long as the conf; NULL
 * when not set.
 */
struct relay {
	enum relay_kind	 kind;
	enum relay_tls	 tls;
	bool		 lmtp;		/* RFC 2033 instead of SMTP */
	unsigned	 line;		/* where in the file; 0: environment */
	bool		 flawed;	/* a setting of it had to be refused */
	char		*url;		/* as written, for messages */
	char		*host;		/* name, address without brackets,
					   /path of a socket, domain; or NULL */
	char		*path;		/* maildir */
	uint16_t	 port;

	char		*user;
	char		*password;	/* as written until secret_load() */
	struct buf	 secret;	/* the password itself */
	char		*auth;		/* mechanisms, blank separated */
	bool		 auth_without_tls;
	char		*ca_file;
	char		*tls_pin;	/* pins, blank separated */
	char		*tls_cert, *tls_key;
	int		 tls_min;	/* 12 or 13 */
	struct credentials *credentials; /* see credentials_keep() */
	enum address_family family;
	char		*source;	/* our addresses, blank separated */
	char		*interface;	/* by which connections leave */
	char		*proxy;		/* URL, for proxy_parse() */
	struct timeouts	 timeout;

	/* Addresses may hold %u, %h and %d, see sendlet.conf(5). */
	char		*from;		/* default envelope sender and From */
	char		*force_from;	/* yes, no or an address */
	char		*sender;	/* patterns: whose mail it takes */

	STAILQ_ENTRY(relay) next;
};
STAILQ_HEAD(relays, relay);

/* The whole configuration; lives for the process. */
struct conf {
	struct relays	 relays;	/* in the order to be tried */
	struct relay	 defaults;	/* settings before the first relay */
	char		*aliases;	/* file, "off"; NULL: the usual */
	char		*domain;	/* for unqualified addresses */
	char		*leave;		/* names of fields not to be touched */
	char		*hostname;	/* of this machine, for EHLO */
	char		*root;		/* where unqualified root goes */
	char		*sender_map;	/* pairs: pattern and address */
	struct dkim	 dkim;
	int64_t		 timeout_total;
	uint64_t	 max_message_size;
	uint64_t	 route;		/* 0: the usual relays; else a hash
					   of others that --config or
					   SENDLET_RELAY put in their place,
					   but not in a spool of their own */
	char		*spool;		/* directory, "off"; NULL: the usual */
	uint64_t	 spool_max_size, spool_max_messages;
	int64_t		 spool_max_age;	/* ms */
	int64_t		 delay_warning;	/* ms; 0: none */
	const struct place *place;	/* see place_keep(); or NULL and ... */
	const struct fault *no_place;	/* why not */
	enum conf_delivery delivery;
	int64_t		 deliver_by;	/* ms; 0: any time will do */
	int		 deliver_back;	/* late mail comes back */
	int		 priority;	/* 0: none, else 1 to 19 for -9 to 9 */
	bool		 require_tls;
	char		*dead_letter;	/* file, "off"; NULL: the usual */
	enum log_where	 log;
	enum long_lines	 long_lines;
	enum sandbox_want sandbox;
	bool		 confined;	/* the sandbox has been entered */
	bool		 keeps;		/* and mail that fails has a place */
	struct origins	*origins;	/* of all this; NULL: nobody asks */
};

/*
 * Where conf_load() looks.  file == NULL means the user's own file when there
 * is one, else the system's.  privileged (running set-group-id): only the
 * system's file counts, the environment is not read.  system == NULL means
 * sendlet.conf in SYSCONFDIR.  alone: works without any relay.
 */
struct conf_source {
	const char	*file;
	const char	*system;
	bool		 privileged;
	bool		 alone;
	struct origins	*origins;	/* to be filled in; or NULL */
};

/*
 * Reads the file, then SENDLET_* variables, which win over it.  Every error
 * is appended to errors as "file:line: message\n" or "SENDLET_X: message\n".
 * Returns 0, or -1 with EX_CONFIG (EX_NOPERM when a file may not be read or
 * may be read by too many; EX_OSERR) and a text, which for errors in errors
 * says how many.  conf_free() is due in every case.
 */
int conf_load(struct conf *, const struct conf_source *, struct buf *errors,
    struct fault *f);

/* Wipes every secret and frees the rest. */
void conf_free(struct conf *);

#endif
