/* SPDX-License-Identifier: ISC */
#ifndef NET_DNS_H
#define NET_DNS_H

#include "base/signals.h"
#include "net/address.h"
#include "net/answer.h"

enum {
	DNS_SERVERS = 3, DNS_SEARCH = 1024, DNS_QUESTIONS = 2,
	DNS_BESIDE = SIGNALS_POLL_MAX - DNS_SERVERS,
	DNS_GRACE_MS = 1500	/* one time that a lost packet is repeated */
};

/* What resolv.conf(5) says. */
struct dns {
	struct address	 server[DNS_SERVERS];
	size_t		 servers;
	unsigned	 ndots;
	int64_t		 patience;	/* ms for one question */
	int64_t		 grace;		/* ms more for one when another has
					   found something */
	char		 search[DNS_SEARCH];	/* blank separated */
	const struct pollfd *beside;	/* what else is waited for, at most */
	size_t		 besides;	/* DNS_BESIDE; it ends the questions */
};

/*
 * Reads /etc/resolv.conf; what is missing there gets the usual defaults.
 * Nothing is waited for beside.
 */
void dns_configure(struct dns *);

/* A question and what came of it. */
struct dns_question {
	const char	*name;		/* absolute */
	unsigned	 type;		/* ANSWER_A ... */
	enum answer_status status;	/* never CUT nor STRANGE */
	bool		 done;		/* nobody can say more */
	struct answer	 answer;	/* answer_free() is due */
};

/*
 * Asks up to DNS_QUESTIONS at once, all name servers at once, until each has
 * an answer, or the time is over.  As soon as poll(2) knows of something
 * beside, what has no answer is SILENT.
 */
void dns_ask(const struct dns *, struct dns_question *, size_t count,
    int64_t deadline);

/* Words for a status that is not FOUND: "no such host". */
const char *dns_reason(enum answer_status);

#endif
