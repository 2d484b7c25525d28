/* SPDX-License-Identifier: ISC */
/*
 * Runs a program and its children, and fails or ends them at one system call.
 *
 *	inject count FILE COMMAND...	writes how many calls were made
 *	inject fail N ERRNO COMMAND...	the Nth call fails, without being made
 *	inject break N ERRNO COMMAND...	so does each from there on that writes
 *	inject signal N NUMBER COMMAND...
 *					a signal right after the Nth call
 *	inject clock N SECONDS COMMAND...
 *					from the Nth look at the clock on, it
 *					is so many seconds later
 *
 * Calls are counted from 1 over all processes; those of the dynamic linker
 * count too.  The exit status is COMMAND's, or its signal, once its children
 * have ended as well.
 */
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <elf.h>
#include <errno.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __x86_64__
#define NUMBER(r)	(r).orig_rax
#define RESULT(r)	(r).rax
#define STACK(r)	(r).rsp
#else
#define NUMBER(r)	(r).regs[8]
#define RESULT(r)	(r).regs[0]
#define STACK(r)	(r).sp
#endif

enum { PROCESSES = 64 };
enum mode { COUNT, FAIL, BREAK, SIGNAL, CLOCK };

/* What the call that a process is in is to come to. */
struct process {
	pid_t	 pid;
	bool	 inside, hit;
	uint64_t args[2], number;
};

static struct process process[PROCESSES];
static enum mode mode;
static unsigned long at, calls;
static long value;

static void
die(const char *what)
{
	perror(what);
	exit(125);
}

static struct process *
find(pid_t pid)
{
	struct process *unused = NULL;

	for (int i = 0; i < PROCESSES; i++) {
		if (process[i].pid == pid)
			return &process[i];
		if (process[i].pid == 0 && unused == NULL)
			unused = &process[i];
	}
	if (unused == NULL)
		die("processes");
	*unused = (struct process){ .pid = pid };
	return unused;
}

static struct user_regs_struct
get(pid_t pid)
{
	struct user_regs_struct regs;
	struct iovec io = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &io) != 0)
		memset(&regs, 0, sizeof(regs));
	return regs;
}

static void
set(pid_t pid, struct user_regs_struct regs)
{
	struct iovec io = { &regs, sizeof(regs) };

	(void)ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &io);
}

/* Makes the kernel refuse the call that is about to be made. */
static void
prevent(pid_t pid)
{
#ifdef __x86_64__
	struct user_regs_struct regs = get(pid);

	NUMBER(regs) = (unsigned long long)-1;
	set(pid, regs);
#else
	int none = -1;
	struct iovec io = { &none, sizeof(none) };

	(void)ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &io);
#endif
}

/* The clock is asked by system calls, not in the vDSO, if that is not found. */
static void
hide_vdso(pid_t pid)
{
	uint64_t p = STACK(get(pid));
	long word;

	p += 8 * (uint64_t)(ptrace(PTRACE_PEEKDATA, pid, p, 0) + 2);
	while (ptrace(PTRACE_PEEKDATA, pid, p, 0) != 0)
		p += 8;
	for (p += 8; (word = ptrace(PTRACE_PEEKDATA, pid, p, 0)) != AT_NULL;
	    p += 16)
		if (word == AT_SYSINFO_EHDR)
			(void)ptrace(PTRACE_POKEDATA, pid, p, AT_IGNORE);
}

/* Calls that do not come back, or not to where they were made. */
static bool
can_fail(uint64_t number)
{
	return number != SYS_exit && number != SYS_exit_group &&
	    number != SYS_rt_sigreturn && number != SYS_execve;
}

/* Calls by which something gets to disk. */
static bool
writes(uint64_t number)
{
	return number == SYS_pwrite64 || number == SYS_fsync ||
	    number == SYS_fdatasync || number == SYS_renameat ||
	    number == SYS_renameat2 || number == SYS_unlinkat;
}

/* Whether it happens at this call. */
static bool
is_due(const struct process *p)
{
	calls++;
	switch (mode) {
	case FAIL:
		return calls == at && can_fail(p->number);
	case BREAK:
		return calls >= at && writes(p->number);
	case CLOCK:
		return calls >= at;
	default:
		return calls == at;
	}
}

static void
enter(struct process *p, const struct ptrace_syscall_info *info)
{
	p->inside = true;
	p->number = info->entry.nr;
	p->args[0] = info->entry.args[0];
	p->args[1] = info->entry.args[1];
	if (mode == CLOCK && (p->number != SYS_clock_gettime ||
	    p->args[0] != CLOCK_REALTIME))
		return;
	p->hit = is_due(p);
	if (p->hit && (mode == FAIL || mode == BREAK))
		prevent(p->pid);
}

static void
leave(struct process *p)
{
	struct user_regs_struct regs;

	p->inside = false;
	if (!p->hit)
		return;
	p->hit = false;
	if (mode == SIGNAL)
		(void)kill(p->pid, (int)value);
	else if (mode == FAIL || mode == BREAK) {
		regs = get(p->pid);
		RESULT(regs) = (unsigned long long)-value;
		set(p->pid, regs);
	} else if (mode == CLOCK)
		(void)ptrace(PTRACE_POKEDATA, p->pid, p->args[1],
		    ptrace(PTRACE_PEEKDATA, p->pid, p->args[1], 0) + value);
}

static void
step(struct process *p)
{
	struct ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter(p, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->inside)
		leave(p);
}

/* Until all are gone; returns how the first one ended. */
static int
follow(pid_t first)
{
	int status, result = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		struct process *p = find(pid);
		int number = 0;

		if (!WIFSTOPPED(status)) {
			if (pid == first)
				result = status;
			p->pid = 0;
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			step(p);
		else if (status >> 16 == 0 && WSTOPSIG(status) != SIGSTOP)
			number = WSTOPSIG(status);
		(void)ptrace(PTRACE_SYSCALL, pid, 0, number);
	}
	return result;
}

static pid_t
start(char *argv[])
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		(void)ptrace(PTRACE_TRACEME, 0, 0, 0);
		(void)execvp(argv[0], argv);
		die(argv[0]);
	}
	/* It stops when it has become the program. */
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die(argv[0]);
	if (ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD |
	    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
	    PTRACE_O_EXITKILL) != 0)
		die("ptrace");
	return pid;
}

int
main(int argc, char *argv[])
{
	static const char *const names[] = { "count", "fail", "break",
	    "signal", "clock" };
	static const int arity[] = { 1, 2, 2, 2, 2 };
	FILE *out = NULL;
	int status;
	pid_t pid;

	while (mode < 5 && argc > 1 && strcmp(argv[1], names[mode]) != 0)
		mode++;
	if (argc < 4 || mode == 5 || argc < 3 + arity[mode])
		return 125;
	if (mode == COUNT && (out = fopen(argv[2], "we")) == NULL)
		die(argv[2]);
	at = strtoul(argv[2], NULL, 10);
	value = strtol(argv[3], NULL, 10);
	pid = start(argv + 2 + arity[mode]);
	if (mode == CLOCK)
		hide_vdso(pid);
	(void)ptrace(PTRACE_SYSCALL, pid, 0, 0);
	status = follow(pid);
	if (out != NULL && (fprintf(out, "%lu\n", calls) < 0 ||
	    fclose(out) != 0))
		die(argv[2]);
	if (WIFSIGNALED(status)) {
		(void)signal(WTERMSIG(status), SIG_DFL);
		(void)raise(WTERMSIG(status));
	}
	return WEXITSTATUS(status);
}
