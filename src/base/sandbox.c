/* SPDX-License-Identifier: ISC */
/*
 * Filters for system calls, seccomp(2): small programs for the kernel's BPF
 * machine, put together from the tables below.  An unknown call fails with
 * ENOSYS, as on an older kernel, for which every C library has an answer.
 *
 * Numbers are those the program is compiled for; another kind of calls, which
 * some machines have besides, is refused altogether.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#include "base/sandbox.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCH	AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCH	AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARM_EABI__) && defined(__ARMEL__)
#define ARCH	AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH	AUDIT_ARCH_RISCV64
#elif defined(__mips__) && !defined(__mips64) && defined(__MIPSEL__)
#define ARCH	AUDIT_ARCH_MIPSEL
#elif defined(__mips__) && !defined(__mips64)
#define ARCH	AUDIT_ARCH_MIPS
#else
#define ARCH	0
#endif

/* Coverage is written to a file, leaks are looked for with ptrace(2). */
#if defined(__SANITIZE_ADDRESS__) || defined(SANDBOX_IMPOSSIBLE)
#define POSSIBLE	false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define POSSIBLE	false
#endif
#endif
#ifndef POSSIBLE
#define POSSIBLE	true
#endif

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW	4
#else
#define LOW	0
#endif

#ifdef __mips__
enum { FIRST = 4000 };
#else
enum { FIRST = 0 };
#endif

enum {
	FILTER_MAX = 512,
	WORDS = 16,		/* of 32 calls each, from the FIRST on */
	/* What <sys/ioctl.h> and <linux/sockios.h> call so. */
	GET_INDEX = 0x8933
};

#ifdef __mips__
enum { GET_MODES = 0x540d, GET_WINDOW = 0x40087468 };
#else
enum { GET_MODES = 0x5401, GET_WINDOW = 0x5413 };
#endif

static const int allowed[] = {
	SYS_read, SYS_write, SYS_writev, SYS_readv, SYS_ppoll, SYS_sendto,
	SYS_recvfrom, SYS_sendmsg, SYS_recvmsg, SYS_close, SYS_lseek,
	SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_pread64,
	SYS_pwrite64, SYS_pwritev, SYS_preadv, SYS_fsync, SYS_fdatasync,
	SYS_flock, SYS_ftruncate, SYS_openat, SYS_mkdirat, SYS_unlinkat,
	SYS_renameat2, SYS_faccessat, SYS_readlinkat, SYS_getdents64,
	SYS_fchmod, SYS_fchown, SYS_fcntl, SYS_dup, SYS_dup3, SYS_pipe2,
	SYS_chdir, SYS_umask, SYS_statx, SYS_fstatfs, SYS_connect, SYS_bind,
	SYS_getsockopt, SYS_setsockopt, SYS_getsockname, SYS_getpeername,
	SYS_shutdown, SYS_signalfd4, SYS_rt_sigaction, SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_sigaltstack, SYS_nanosleep, SYS_restart_syscall,
	SYS_getrandom, SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid,
	SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getresuid, SYS_getresgid,
	SYS_getgroups, SYS_setsid, SYS_wait4, SYS_kill, SYS_tkill, SYS_tgkill,
	SYS_uname, SYS_prlimit64, SYS_futex, SYS_set_tid_address,
	SYS_set_robust_list, SYS_sched_yield, SYS_exit, SYS_exit_group,
	SYS_seccomp, SYS_memfd_create,
#ifdef SYS_faccessat2
	SYS_faccessat2,
#endif
#ifdef SYS_rseq
	SYS_rseq,
#endif
#ifdef SYS_fstat
	SYS_fstat,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_recvmmsg
	SYS_sendmmsg, SYS_recvmmsg,
#endif
#ifdef SYS_clock_gettime
	SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep,
	SYS_gettimeofday,
#endif
#ifdef SYS_open	/* machines from before the calls that end in "at" */
	SYS_open, SYS_stat, SYS_lstat, SYS_poll, SYS_access, SYS_unlink,
	SYS_rename, SYS_mkdir, SYS_readlink, SYS_dup2, SYS_pipe, SYS_fork,
	SYS_getpgrp,
#endif
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_send
	SYS_send, SYS_recv,
#endif
#ifdef SYS_fcntl64	/* 32 bits, with later calls for what needs 64 */
	SYS_fcntl64, SYS_ftruncate64, SYS__llseek, SYS_fstat64, SYS_stat64,
	SYS_lstat64, SYS_fstatat64, SYS_fstatfs64, SYS_sigreturn,
#endif
#ifdef SYS_getuid32
	SYS_getuid32, SYS_geteuid32, SYS_getgid32, SYS_getegid32,
	SYS_getresuid32, SYS_getresgid32, SYS_getgroups32, SYS_fchown32,
#endif
#ifdef SYS_ugetrlimit
	SYS_ugetrlimit,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64, SYS_clock_nanosleep_time64, SYS_ppoll_time64,
	SYS_futex_time64,
#endif
#ifdef SYS_clock_gettime32
	SYS_clock_gettime32, SYS_clock_getres_time32,
	SYS_clock_nanosleep_time32, SYS_gettimeofday_time32,
#endif
};

/* What only somebody else's program in our place would try. */
static const int deadly[] = {
	SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, SYS_bpf, SYS_perf_event_open, SYS_setns,
	SYS_unshare, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot,
	SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot,
	SYS_listen, SYS_accept4, SYS_setuid, SYS_setgid, SYS_setresuid,
	SYS_setresgid, SYS_setgroups, SYS_capset, SYS_personality,
	SYS_add_key, SYS_keyctl, SYS_request_key,
};

/* Calls that are allowed when the low word of an argument is right. */
static const struct checked {
	int		nr;
	unsigned	argument;
	enum { IS, LACKS } how;
	unsigned	value;
} checked[] = {
	{ SYS_ioctl, 1, IS, GET_WINDOW },
	{ SYS_ioctl, 1, IS, GET_MODES },
	{ SYS_ioctl, 1, IS, GET_INDEX },
	{ SYS_socket, 0, IS, AF_UNIX },
	{ SYS_socket, 0, IS, AF_INET },
	{ SYS_socket, 0, IS, AF_INET6 },
	/* Child processes, but no namespaces. */
	{ SYS_clone, 0, LACKS, CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
	    CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET },
	/* PROT_EXEC */
	{ SYS_mprotect, 2, LACKS, 4 },
#ifdef SYS_mmap
	{ SYS_mmap, 2, LACKS, 4 },
#endif
#ifdef SYS_mmap2
	{ SYS_mmap2, 2, LACKS, 4 },
#endif
};

static const int spent[] = {
	SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_clone,
	SYS_mkdirat, SYS_chdir, SYS_kill,
#ifdef SYS_clone3
	SYS_clone3,
#endif
#ifdef SYS_open
	SYS_fork, SYS_unlink, SYS_rename, SYS_mkdir,
#endif
#ifdef SYS_vfork
	SYS_vfork,
#endif
};

static const int openings[] = {
	SYS_openat, SYS_renameat2, SYS_unlinkat,
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_open
	SYS_open,
#endif
};

/* A filter that is being written. */
struct program {
	struct sock_filter line[FILTER_MAX];
	unsigned short n;
};

static void
put(struct program *p, unsigned short code, unsigned value, unsigned char yes,
    unsigned char no)
{
	if (p->n < FILTER_MAX)
		p->line[p->n++] = (struct sock_filter){ code, yes, no, value };
}

static void
load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void
answer(struct program *p, unsigned action)
{
	put(p, BPF_RET | BPF_K, action, 0, 0);
}

/*
 * Splits the number of the call: the word goes to M[0], its bit to X.  The
 * kernel looks at what a filter says to each call there is: with this
 * arithmetic it gives up at once, without it costs more than all the rest.
 */
static void
begin(struct program *p)
{
	p->n = 0;
	load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	answer(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
	put(p, BPF_ALU | BPF_SUB | BPF_K, FIRST, 0, 0);
	put(p, BPF_ST, 0, 0, 0);
	put(p, BPF_ALU | BPF_AND | BPF_K, 31, 0, 0);
	put(p, BPF_MISC | BPF_TAX, 0, 0, 0);
	put(p, BPF_LD | BPF_MEM, 0, 0, 0);
	put(p, BPF_ALU | BPF_RSH | BPF_K, 5, 0, 0);
	put(p, BPF_ST, 0, 0, 0);
}

/* The same answer for each call of a list; for others it goes on behind. */
static void
put_list(struct program *p, const int *list, size_t n, unsigned action)
{
	unsigned word[WORDS] = { 0 };

	for (size_t i = 0; i < n; i++)
		word[(list[i] - FIRST) / 32] |= 1U << (list[i] - FIRST) % 32;
	put(p, BPF_LD | BPF_MEM, 0, 0, 0);
	for (unsigned i = 0; i < WORDS; i++) {
		if (word[i] == 0)
			continue;
		put(p, BPF_JMP | BPF_JEQ | BPF_K, i, 0, 5);
		put(p, BPF_LD | BPF_IMM, word[i], 0, 0);
		put(p, BPF_ALU | BPF_RSH | BPF_X, 0, 0, 0);
		put(p, BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1);
		answer(p, action);
		put(p, BPF_LD | BPF_MEM, 0, 0, 0);
	}
}

/* The action if the test is passed; else the next lines decide. */
static void
put_check(struct program *p, const struct checked *c, unsigned action)
{
	load(p, offsetof(struct seccomp_data, nr));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)c->nr, 0, 3);
	load(p, offsetof(struct seccomp_data, args) + 8 * c->argument + LOW);
	if (c->how == IS)
		put(p, BPF_JMP | BPF_JEQ | BPF_K, c->value, 0, 1);
	else
		put(p, BPF_JMP | BPF_JSET | BPF_K, c->value, 1, 0);
	answer(p, action);
}

static void
write_listen(struct program *p)
{
	put_list(p, allowed, sizeof(allowed) / sizeof(allowed[0]),
	    SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < sizeof(checked) / sizeof(checked[0]); i++)
		put_check(p, &checked[i], SECCOMP_RET_ALLOW);
	put_list(p, deadly, sizeof(deadly) / sizeof(deadly[0]),
	    SECCOMP_RET_KILL_PROCESS);
	answer(p, SECCOMP_RET_ERRNO | ENOSYS);
}

/* Files by name: only to append to, which is what dead.letter takes, and
 * those that have none, for a message that is large. */
static void
write_named(struct program *p)
{
	enum { NAMELESS = 020000000, HARMLESS = O_APPEND | NAMELESS };
	const unsigned here = (unsigned)AT_FDCWD;

#ifdef SYS_open
	put_check(p, &(struct checked){ SYS_open, 1, LACKS, HARMLESS },
	    SECCOMP_RET_ERRNO | EPERM);
#endif
	/* As above, but two arguments of one call count. */
	load(p, offsetof(struct seccomp_data, nr));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 5);
	load(p, offsetof(struct seccomp_data, args) + LOW);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, here, 0, 3);
	load(p, offsetof(struct seccomp_data, args) + 16 + LOW);
	put(p, BPF_JMP | BPF_JSET | BPF_K, HARMLESS, 1, 0);
	answer(p, SECCOMP_RET_ERRNO | EPERM);
}

static void
write_talk(struct program *p, bool files)
{
	put_list(p, spent, sizeof(spent) / sizeof(spent[0]),
	    SECCOMP_RET_ERRNO | EPERM);
	if (files)
		write_named(p);
	else
		put_list(p, openings, sizeof(openings) / sizeof(openings[0]),
		    SECCOMP_RET_ERRNO | EPERM);
	answer(p, SECCOMP_RET_ALLOW);
}

bool
sandbox_possible(void)
{
	return POSSIBLE;
}

int
sandbox_begin(struct fault *f)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fault_errno(f, EX_OSERR, errno, "no_new_privs");
	return 0;
}

int
sandbox_enter(enum sandbox_phase phase, struct fault *f)
{
	struct program p;
	struct sock_fprog whole = { .filter = p.line };

	if (ARCH == 0)
		return fault(f, EX_OSERR, "seccomp: not for this machine");
	begin(&p);
	if (phase == SANDBOX_LISTEN)
		write_listen(&p);
	else
		write_talk(&p, phase == SANDBOX_TALK);
	whole.len = p.n;
	if (p.n == FILTER_MAX ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) != 0)
		return fault_errno(f, EX_OSERR, errno, "seccomp");
	return 0;
}
