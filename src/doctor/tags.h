/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_TAGS_H
#define DOCTOR_TAGS_H

#include "base/buf.h"
#include "base/fault.h"

/*
 * Takes the next "name=value" off a list of tags (RFC 6376 section 3.2), white
 * space around both taken off.  Returns 1, 0 at the end, or -1 with EX_DATAERR
 * and a reason for what is no such list.
 */
int tag_next(struct str *rest, struct str *name, struct str *value,
    struct fault *);

/* A DKIM key record, RFC 6376 section 3.6.1, RFC 8463. */
struct dkim_key {
	bool		 ed25519;	/* else rsa */
	bool		 revoked;	/* p= is empty */
	bool		 testing;	/* t=y */
	struct str	 text;		/* p=, as it stands there */
};

/*
 * Reads one.  The key's octets are appended.  -1 with EX_DATAERR and a reason,
 * also for one that is not for mail or not for SHA-256.
 */
int dkim_key_parse(struct str record, struct dkim_key *, struct buf *octets,
    struct fault *);

enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };

/* A DMARC record, RFC 7489 section 6.3, with psd= of its successor. */
struct dmarc {
	enum dmarc_policy policy, sub;	/* for the domain, for those below */
	bool		 missing;	/* there is no valid p= */
	bool		 strict_dkim, strict_spf;
	bool		 testing;	/* t=y, or pct=0 */
	bool		 reports;	/* rua= */
	char		 psd;		/* 'y', 'n' or 'u' */
};

/* True when it is meant to be one. */
bool dmarc_is(struct str record);

/* Reads one.  -1 with EX_DATAERR and a reason when it counts as none. */
int dmarc_parse(struct str record, struct dmarc *, struct fault *);

/* "none", "quarantine", "reject". */
const char *dmarc_word(enum dmarc_policy);

#endif
