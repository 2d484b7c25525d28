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
#include <strings.h>
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
	FILTER_MAX = 128,
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
	SYS_seccomp, SYS_memfd_create, SYS_sendfile,
	SYS_fallocate,
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
	SYS_sendfile64,
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
	int		call[4];	/* both lists end with 0 */
	unsigned	argument;
	enum { IS, LACKS } how;
	unsigned	value[4];
} checked[] = {
	{ { SYS_ioctl }, 1, IS, { GET_WINDOW, GET_MODES, GET_INDEX } },
	{ { SYS_socket }, 0, IS, { AF_UNIX, AF_INET, AF_INET6 } },
	/* Child processes, but no namespaces. */
	{ { SYS_clone }, 0, LACKS, { CLONE_NEWNS | CLONE_NEWCGROUP |
	    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
	    CLONE_NEWNET } },
	{ { SYS_mprotect,
#ifdef SYS_mmap
	    SYS_mmap,
#endif
#ifdef SYS_mmap2
	    SYS_mmap2,
#endif
	    0 }, 2, LACKS, { 4 /* PROT_EXEC */ } },
};

/* Of those that were allowed until then. */
static const int spent[] = {
	SYS_socket, SYS_connect, SYS_bind, SYS_clone, SYS_mkdirat, SYS_chdir,
	SYS_kill,
#ifdef SYS_open
	SYS_fork, SYS_unlink, SYS_rename, SYS_mkdir,
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

/* What a jump leads to; where that stands is known in the end. */
enum verdict { ALLOW = 0xfd, REFUSE = 0xfe, KILL = 0xff };

/*
 * A filter that is being written.  To the kernel each line of it costs far
 * more, when it is entered, than all calls that are then made: it is compiled.
 */
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
load_argument(struct program *p, unsigned n)
{
	load(p, offsetof(struct seccomp_data, args) + 8 * n + LOW);
}

/* Is it that?  If so yes, else no: a verdict, or so many lines further on. */
static void
put_is(struct program *p, unsigned value, unsigned char yes, unsigned char no)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, value, yes, no);
}

/* The same when any of these bits is set. */
static void
put_has(struct program *p, unsigned bits, unsigned char yes, unsigned char no)
{
	put(p, BPF_JMP | BPF_JSET | BPF_K, bits, yes, no);
}

/* Any call of a list. */
static void
put_list(struct program *p, const int *list, size_t n, enum verdict verdict)
{
	for (size_t i = 0; i < n; i++)
		put_is(p, (unsigned)list[i], (unsigned char)verdict, 0);
}

/* Lets all jumps to a verdict end at one line. */
static void
put_verdict(struct program *p, enum verdict verdict, unsigned action)
{
	for (unsigned i = 0; i < p->n; i++) {
		struct sock_filter *line = &p->line[i];
		const unsigned char far = (unsigned char)(p->n - i - 1);

		if (line->jt == verdict)
			line->jt = far;
		if (line->jf == verdict)
			line->jf = far;
	}
	put(p, BPF_RET | BPF_K, action, 0, 0);
}

/*
 * Leaves the number of the call, and in X the bit for its last five bits.  The
 * kernel looks at what a filter says to each call there is, but not beyond the
 * first line that has to do with X: without one that costs more than the rest.
 */
static void
begin(struct program *p)
{
	put(p, BPF_LDX | BPF_IMM, 31, 0, 0);
	load(p, offsetof(struct seccomp_data, nr));
	put(p, BPF_ALU | BPF_AND | BPF_X, 0, 0, 0);
	put(p, BPF_MISC | BPF_TAX, 0, 0, 0);
	put(p, BPF_LD | BPF_IMM, 1, 0, 0);
	put(p, BPF_ALU | BPF_LSH | BPF_X, 0, 0, 0);
	put(p, BPF_MISC | BPF_TAX, 0, 0, 0);
	load(p, offsetof(struct seccomp_data, arch));
	put_is(p, ARCH, 0, KILL);
	load(p, offsetof(struct seccomp_data, nr));
}

static void
put_check(struct program *p, const struct checked *c)
{
	unsigned char calls = 1, values = 1;

	while (c->call[calls] != 0)
		calls++;
	while (c->value[values] != 0)
		values++;
	for (unsigned char i = 1; i < calls; i++)
		put_is(p, (unsigned)c->call[i], (unsigned char)(calls - i),
		    0);
	put_is(p, (unsigned)c->call[0], 0, 1 + values);
	load_argument(p, c->argument);
	for (unsigned char i = 0; i < values; i++)
		if (c->how == LACKS)
			put_has(p, c->value[i], REFUSE, ALLOW);
		else
			put_is(p, c->value[i], ALLOW, i + 1 < values ? 0 :
			    REFUSE);
}

static void
mark(unsigned word[WORDS], const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		word[(list[i] - FIRST) / 32] |= 1U << list[i] % 32;
}

/* The lists of calls, 32 numbers at a time; a call that is alone, by name. */
static void
put_words(struct program *p)
{
	unsigned good[WORDS] = { 0 }, bad[WORDS] = { 0 };

	mark(good, allowed, sizeof(allowed) / sizeof(allowed[0]));
	mark(bad, deadly, sizeof(deadly) / sizeof(deadly[0]));
	for (unsigned i = 0; i < WORDS; i++)
		if (bad[i] == 0 && good[i] != 0 && (good[i] & -good[i]) ==
		    good[i]) {
			put_is(p, FIRST + 32 * i + (unsigned)ffs(good[i]) - 1,
			    ALLOW, 0);
			good[i] = 0;
		}
	put(p, BPF_ALU | BPF_RSH | BPF_K, 5, 0, 0);
	for (unsigned i = 0; i < WORDS; i++) {
		const int tests = (good[i] != 0) + (bad[i] != 0);

		if (tests == 0)
			continue;
		put_is(p, FIRST / 32 + i, 0, (unsigned char)(1 + tests));
		put(p, BPF_MISC | BPF_TXA, 0, 0, 0);
		if (good[i] != 0)
			put_has(p, good[i], ALLOW, bad[i] != 0 ? 0 : REFUSE);
		if (bad[i] != 0)
			put_has(p, bad[i], KILL, REFUSE);
	}
}

static void
write_listen(struct program *p)
{
	begin(p);
	for (size_t i = 0; i < sizeof(checked) / sizeof(checked[0]); i++)
		put_check(p, &checked[i]);
	put_words(p);
	put_verdict(p, REFUSE, SECCOMP_RET_ERRNO | ENOSYS);
	put_verdict(p, ALLOW, SECCOMP_RET_ALLOW);
	put_verdict(p, KILL, SECCOMP_RET_KILL_PROCESS);
}

/* Files by name: only to append to, which is what dead.letter takes, and
 * those that have none, for a message that is large. */
static void
put_named(struct program *p)
{
	enum { NAMELESS = 020000000, HARMLESS = O_APPEND | NAMELESS };
	const unsigned here = (unsigned)AT_FDCWD;

#ifdef SYS_open
	put_is(p, SYS_open, 0, 2);
	load_argument(p, 1);
	put_has(p, HARMLESS, ALLOW, REFUSE);
#endif
	put_is(p, SYS_openat, 0, 4);
	load_argument(p, 0);
	put_is(p, here, 0, ALLOW);
	load_argument(p, 2);
	put_has(p, HARMLESS, ALLOW, REFUSE);
}

/* After the other: neither the machine nor what that refuses matters. */
static void
write_talk(struct program *p, bool files)
{
	load(p, offsetof(struct seccomp_data, nr));
	put_list(p, spent, sizeof(spent) / sizeof(spent[0]), REFUSE);
	if (files)
		put_named(p);
	else
		put_list(p, openings, sizeof(openings) / sizeof(openings[0]),
		    REFUSE);
	put_verdict(p, ALLOW, SECCOMP_RET_ALLOW);
	put_verdict(p, REFUSE, SECCOMP_RET_ERRNO | EPERM);
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
	struct program p = { .n = 0 };
	struct sock_fprog whole = { .filter = p.line };

	if (ARCH == 0)
		return fault(f, EX_OSERR, "seccomp: not for this machine");
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
