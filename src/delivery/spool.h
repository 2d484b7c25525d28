/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_SPOOL_H
#define DELIVERY_SPOOL_H

#include <dirent.h>
#include <fcntl.h>

#include "delivery/entry.h"
#include "delivery/place.h"
#include "mail/mail.h"

#define SPOOL_TMP	"tmp."
#define SPOOL_LOCK	"lock"
#define SPOOL_RELAYS	"relays"
enum { SPOOL_FLAGS = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

/* A spooled mail; its text is read from the file as it is needed. */
struct spooled {
	int		 fd;		/* -1: none */
	struct entry	 entry;
	struct mail	 mail;
};

/*
 * Writes down the mail for those of its recipients that no relay has taken
 * and none has refused for good; after 0 it is safe from power loss, and
 * after -1 there is nothing of it left.  tries and next of the entry are the
 * caller's, the rest of it is filled in.  The file is returned, locked:
 * closing it is the caller's.  -1 with EX_UNAVAILABLE when the spool is full,
 * EX_IOERR, EX_CANTCREAT, EX_SOFTWARE, EX_OSERR.
 */
int spool_commit(const struct place *, const struct mail *, struct entry *,
    struct fault *);

/* True for those recipients. */
bool spool_wants(const struct rcpt *);

/* Identifiers in the order of age. */
struct spool_list {
	char		(*id)[ENTRY_ID_SIZE];
	size_t		 count;
};

/*
 * Lists the mails behind the one given ("": all).  Returns -1 with EX_OSERR.
 * The list is the caller's to free in any case.
 */
int spool_list(const struct place *, const char *behind, struct spool_list *,
    struct fault *);
void spool_list_free(struct spool_list *);

/* True when there may be any mail; costs next to nothing. */
bool spool_busy(const struct place *);

/* Removes what interrupted commits have left, unless it may be under way. */
void spool_sweep(const struct place *);

/*
 * Opens a mail, and locks it when it is to be changed.  Returns -1 with
 * EX_NOINPUT when it does not exist (any more), EX_UNAVAILABLE when somebody
 * else has it locked, EX_DATAERR when it is damaged.  spool_close() is due
 * after 0 only.
 */
int spool_load(const struct place *, const char *id, bool change,
    struct spooled *, struct fault *);

/*
 * Writes down what has changed; sure: so that it survives a power loss.
 * Needs no space on the disk.  Returns -1 with EX_IOERR.
 */
int spool_save(struct spooled *, bool sure, struct fault *);

/*
 * Removes the mail's file; sure: for good, else a power loss may bring it
 * back.  Returns -1 with EX_IOERR.
 */
int spool_remove(const struct place *, const char *id, bool sure,
    struct fault *);

void spool_close(struct spooled *);

/* The names in the directory, from the first; NULL with errno. */
DIR *spool_names(const struct place *);

/* Writes bytes into a file of the spool.  Returns -1 with EX_IOERR. */
int spool_write(int fd, struct str, uint64_t at, struct fault *);

/* Writes the head, of the length the entry says, at the start of the file. */
int spool_write_head(int fd, const struct entry *, const struct envelope *,
    struct fault *);

/*
 * The right to drain: a descriptor to be closed in the end, or -1 when
 * another process has it.
 */
int spool_lock(const struct place *);

#endif
