/* SPDX-License-Identifier: ISC */
/*
 * Landlock, landlock(7): a process takes from itself the right to open files.
 * Which rights the kernel knows depends on its version; what it does not know
 * it cannot take away.  Numbers are given here because headers are often older
 * than kernels.
 */
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/landlock.h"

/* Rights to files; up to REFER every kernel that we use has them. */
enum {
	EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2,
	READ_DIR = 1 << 3, REMOVE_DIR = 1 << 4, REMOVE_FILE = 1 << 5,
	MAKE_DIR = 1 << 7, MAKE_REG = 1 << 8, REFER = 1 << 13,
	TRUNCATE = 1 << 14, IOCTL_DEV = 1 << 15,
	UP_TO_REFER = (REFER << 1) - 1
};

enum { BIND_TCP = 1 << 0 };
enum { ABSTRACT_SOCKETS = 1 << 0, SIGNALS = 1 << 1 };
enum { RULE_PATH = 1, RULE_PORT = 2, WANT_VERSION = 1 };
enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL = 5,
    ABI_SCOPE = 6 };

/* struct landlock_ruleset_attr, which has grown. */
struct ruleset {
	uint64_t	files, net, scopes;
};

struct path_rule {
	uint64_t	allowed;
	int32_t		fd;
} __attribute__((packed));

struct port_rule {
	uint64_t	allowed, port;
};

static const struct {
	uint64_t	allowed;
	int		flags;		/* to open it */
} rights[] = {
	[LANDLOCK_READ] = { READ_FILE, 0 },
	[LANDLOCK_APPEND] = { WRITE_FILE | TRUNCATE, 0 },
	[LANDLOCK_MAKE] = { WRITE_FILE | TRUNCATE | MAKE_REG, O_DIRECTORY },
	[LANDLOCK_SCRATCH] = { READ_FILE | WRITE_FILE | TRUNCATE | MAKE_REG |
	    REMOVE_FILE, O_DIRECTORY },
	[LANDLOCK_KEEP] = { READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE |
	    MAKE_REG | MAKE_DIR | REMOVE_FILE | REFER, O_DIRECTORY },
};

/* All that this kernel can take away. */
static uint64_t
known(int abi)
{
	return UP_TO_REFER | (abi >= ABI_TRUNCATE ? TRUNCATE : 0) |
	    (abi >= ABI_IOCTL ? IOCTL_DEV : 0);
}

static int
create(int abi)
{
	const struct ruleset set = { .files = known(abi),
	    .net = abi >= ABI_NET ? BIND_TCP : 0,
	    .scopes = abi >= ABI_SCOPE ? ABSTRACT_SOCKETS | SIGNALS : 0 };
	size_t words = abi >= ABI_SCOPE ? 3 : abi >= ABI_NET ? 2 : 1;

	return (int)syscall(SYS_landlock_create_ruleset, &set,
	    words * sizeof(set.files), 0);
}

int
landlock_begin(struct landlock *l, struct fault *f)
{
	*l = (struct landlock){ .fd = -1, .last = -1, .abi = ABI_SCOPE };
	l->fd = create(l->abi);
	/* An older kernel takes offence at what it does not know. */
	if (l->fd < 0 && (errno == E2BIG || errno == EINVAL)) {
		l->abi = (int)syscall(SYS_landlock_create_ruleset, NULL,
		    (size_t)0, WANT_VERSION);
		if (l->abi >= 0 && l->abi < ABI_REFER)
			return fault(f, EX_OSERR,
			    "Landlock: this kernel's is too old");
		if (l->abi >= 0)
			l->fd = create(l->abi);
	}
	if (l->fd < 0)
		return fault_errno(f, EX_OSERR, errno, "Landlock");
	l->last = l->fd;
	return 0;
}

static void
add(struct landlock *l, int type, const void *rule)
{
	if (syscall(SYS_landlock_add_rule, l->fd, type, rule, 0) != 0 &&
	    l->error == 0)
		l->error = errno;
}

void
landlock_dir(struct landlock *l, int fd, enum landlock_right right)
{
	const struct path_rule rule = { .fd = fd,
	    .allowed = rights[right].allowed & known(l->abi) };

	add(l, RULE_PATH, &rule);
}

void
landlock_bind(struct landlock *l)
{
	const struct port_rule rule = { .allowed = BIND_TCP };

	if (l->abi >= ABI_NET)
		add(l, RULE_PORT, &rule);
}

bool
landlock_path(struct landlock *l, const char *path, enum landlock_right right)
{
	/* O_CLOEXEC would cost musl another call, and nothing is run now. */
	int fd = open(path, O_PATH | rights[right].flags);

	if (fd < 0) {
		/* That there is nothing is an answer, others are none. */
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES &&
		    errno != ELOOP && l->error == 0)
			l->error = errno;
		return false;
	}
	landlock_dir(l, fd, right);
	if (fd == l->last + 1)
		l->last++;
	else
		(void)close(fd);
	return true;
}

int
landlock_enforce(struct landlock *l, struct fault *f)
{
	if (l->error == 0 &&
	    syscall(SYS_landlock_restrict_self, l->fd, 0) != 0)
		l->error = errno;
	/* One call for all; Linux has it for longer than Landlock. */
	(void)syscall(SYS_close_range, (unsigned)l->fd, (unsigned)l->last, 0U);
	l->fd = l->last = -1;
	return l->error == 0 ? 0 : fault_errno(f, EX_OSERR, l->error,
	    "Landlock");
}
