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
	UP_TO_REFER = (REFER << 1) - 1,
	OF_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
};

enum { ABSTRACT_SOCKETS = 1 << 0, SIGNALS = 1 << 1 };
enum { RULE_PATH = 1, WANT_VERSION = 1 };
enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_IOCTL = 5, ABI_SCOPE = 6 };

/* struct landlock_ruleset_attr, which has grown; ports are let be. */
struct ruleset {
	uint64_t	files, net, scopes;
};

struct rule {
	uint64_t	allowed;
	int32_t		fd;
} __attribute__((packed));

static const uint64_t rights[] = {
	[LANDLOCK_READ] = READ_FILE,
	[LANDLOCK_APPEND] = WRITE_FILE | TRUNCATE | MAKE_REG,
	[LANDLOCK_SCRATCH] = READ_FILE | WRITE_FILE | TRUNCATE | MAKE_REG |
	    REMOVE_FILE,
	[LANDLOCK_KEEP] = READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE |
	    MAKE_REG | MAKE_DIR | REMOVE_FILE | REFER,
};

/* All that this kernel can take away. */
static uint64_t
known(int abi)
{
	return UP_TO_REFER | (abi >= ABI_TRUNCATE ? TRUNCATE : 0) |
	    (abi >= ABI_IOCTL ? IOCTL_DEV : 0);
}

int
landlock_begin(struct landlock *l, struct fault *f)
{
	struct ruleset set = { 0 };
	size_t size = sizeof(set.files);

	*l = (struct landlock){ .fd = -1 };
	l->abi = (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    WANT_VERSION);
	if (l->abi < 0)
		return fault_errno(f, EX_OSERR, errno, "sandbox: Landlock");
	if (l->abi < ABI_REFER)
		return fault(f, EX_OSERR,
		    "sandbox: Landlock: this kernel's is too old");
	set.files = known(l->abi);
	if (l->abi >= ABI_SCOPE) {
		set.scopes = ABSTRACT_SOCKETS | SIGNALS;
		size = sizeof(set);
	}
	l->fd = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
	if (l->fd < 0)
		return fault_errno(f, EX_OSERR, errno, "sandbox: Landlock");
	return 0;
}

void
landlock_dir(struct landlock *l, int fd, enum landlock_right right)
{
	struct rule rule = { .allowed = rights[right] & known(l->abi),
	    .fd = fd };
	int status;

	if (l->fd < 0)
		return;
	status = (int)syscall(SYS_landlock_add_rule, l->fd, RULE_PATH, &rule,
	    0);
	/* A file has no files below it. */
	if (status != 0 && errno == EINVAL) {
		rule.allowed &= OF_FILE;
		status = (int)syscall(SYS_landlock_add_rule, l->fd, RULE_PATH,
		    &rule, 0);
	}
	if (status != 0 && l->error == 0)
		l->error = errno;
}

void
landlock_path(struct landlock *l, const char *path, enum landlock_right right)
{
	/* O_CLOEXEC would cost musl another call, and nothing is run now. */
	int fd = l->fd < 0 ? -1 : open(path, O_PATH);

	if (fd < 0)
		return;
	landlock_dir(l, fd, right);
	(void)close(fd);
}

int
landlock_enforce(struct landlock *l, struct fault *f)
{
	if (l->error == 0 &&
	    syscall(SYS_landlock_restrict_self, l->fd, 0) != 0)
		l->error = errno;
	(void)close(l->fd);
	l->fd = -1;
	return l->error == 0 ? 0 : fault_errno(f, EX_OSERR, l->error,
	    "sandbox: Landlock");
}
