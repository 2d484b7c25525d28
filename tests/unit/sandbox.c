/* SPDX-License-Identifier: ISC */
/*
 * sandbox DIR [files [source]] [listen] [talk | shut] <CALLS: for each call
 * named on standard input, a process enters these phases and makes it; prints
 * what came of it: "name killed by SYS", "name EPERM", "name ok".  files opens
 * DIR for writing, DIR/own for everything; source lets sockets be bound.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/landlock.h"
#include "base/sandbox.h"

static int own = -1, page;
static struct sockaddr_un abstract;
static socklen_t abstract_size;
static char text[] = "/bin/true";
static char *const words[] = { text, NULL };
static char *const nothing[] = { NULL };

static int
try_bind(int type, unsigned short port)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
	    .sin_port = htons(port) };
	int fd = socket(AF_INET, type, 0);

	return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&any, sizeof(any));
}

static int
try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

/* To a socket of the parent's that has no place in a file system. */
static int
try_abstract(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	return fd < 0 ? -1 :
	    connect(fd, (const struct sockaddr *)&abstract, abstract_size);
}

static int
try_fork(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : 0;
}

static int
try_steal(void)
{
	char b[8];
	struct iovec ours = { b, sizeof(b) }, theirs = { text, sizeof(b) };

	return (int)process_vm_readv(getppid(), &ours, 1, &theirs, 1, 0);
}

static int
try_execute_memory(void)
{
	void *p = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int
try_protect(void)
{
	void *p = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, (size_t)page, PROT_READ | PROT_EXEC);
}

static int
try_terminal(void)
{
	return ioctl(0, 0x5412, "x");	/* TIOCSTI: types for the user */
}

static int
try_number(const char *name)
{
	static const struct {
		const char	*name;
		long		 number;
	} calls[] = {
		{ "bpf", SYS_bpf }, { "perf_event_open", SYS_perf_event_open },
		{ "keyctl", SYS_keyctl }, { "setns", SYS_setns },
		{ "io_uring_setup", 425 }, { "userfaultfd", 323 },
		{ "memfd_create", SYS_memfd_create }, { "unknown", 1999 },
		{ "setresgid", SYS_setresgid }, { "prctl", SYS_prctl },
		{ "mknodat", SYS_mknodat }, { "symlinkat", SYS_symlinkat },
		{ "linkat", SYS_linkat },
		{ "pidfd_getfd", 438 },
		{ "process_vm_writev", SYS_process_vm_writev },
		{ "umount2", SYS_umount2 }, { "pivot_root", SYS_pivot_root },
		{ "init_module", SYS_init_module },
		{ "finit_module", SYS_finit_module },
		{ "delete_module", SYS_delete_module },
		{ "reboot", SYS_reboot }, { "accept4", SYS_accept4 },
		{ "setuid", SYS_setuid }, { "setgid", SYS_setgid },
		{ "setresuid", SYS_setresuid },
		{ "setgroups", SYS_setgroups }, { "capset", SYS_capset },
		{ "personality", SYS_personality },
		{ "add_key", SYS_add_key }, { "request_key", SYS_request_key },
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].name, name) == 0)
			return (int)syscall(calls[i].number, 4, -1L, -1L, -1L,
			    -1L, -1L);
	errx(1, "%s: unknown", name);
}

/* The call by its name; what it returns. */
static int
try(const char *name)
{
	char b;

	if (strcmp(name, "execve") == 0)
		return execve(text, words, nothing);
	if (strcmp(name, "execveat") == 0)
		return (int)syscall(SYS_execveat, AT_FDCWD, text, words,
		    nothing, 0);
	if (strcmp(name, "ptrace") == 0)
		return (int)syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
	if (strcmp(name, "process_vm_readv") == 0)
		return try_steal();
	if (strcmp(name, "listen") == 0)
		return listen(0, 1);
	if (strcmp(name, "unshare") == 0)
		return unshare(CLONE_NEWUSER);
	if (strcmp(name, "clone-newuser") == 0)
		return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0,
		    0, 0) == 0 ? _exit(0), 0 : -1;
	if (strcmp(name, "mount") == 0)
		return mount("none", "/mnt", "tmpfs", 0, NULL);
	if (strcmp(name, "chroot") == 0)
		return chroot("/");
	if (strcmp(name, "mmap-exec") == 0)
		return try_execute_memory();
	if (strcmp(name, "mprotect-exec") == 0)
		return try_protect();
	if (strcmp(name, "tiocsti") == 0)
		return try_terminal();
	if (strcmp(name, "fork") == 0)
		return try_fork();
	if (strcmp(name, "socket-netlink") == 0)
		return socket(AF_NETLINK, SOCK_RAW, 0);
	if (strcmp(name, "socket-packet") == 0)
		return socket(AF_PACKET, SOCK_RAW, 0);
	if (strcmp(name, "socket") == 0)
		return socket(AF_INET, SOCK_STREAM, 0);
	if (strcmp(name, "connect") == 0)
		return try_connect();
	if (strcmp(name, "connect-abstract") == 0)
		return try_abstract();
	if (strcmp(name, "signal-other") == 0)
		return kill(getppid(), 0);
	if (strcmp(name, "signal-own") == 0)
		return kill(getpid(), 0);
	if (strcmp(name, "bind-udp") == 0)
		return try_bind(SOCK_DGRAM, 0);
	if (strcmp(name, "bind-tcp") == 0)
		return try_bind(SOCK_STREAM, 0);
	if (strcmp(name, "bind-port") == 0)
		return try_bind(SOCK_STREAM, 9);
	if (strcmp(name, "open-passwd") == 0)
		return open("/etc/passwd", O_RDONLY);
	if (strcmp(name, "open-append") == 0)
		return open("letter", O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (strcmp(name, "open-write") == 0)
		return open("other", O_WRONLY | O_CREAT, 0600);
	if (strcmp(name, "open-read") == 0)
		return open("secret", O_RDONLY);
	if (strcmp(name, "open-own") == 0)
		return openat(own, "entry", O_RDWR | O_CREAT, 0600);
	if (strcmp(name, "open-around") == 0)
		return openat(own, "../secret", O_RDONLY);
	if (strcmp(name, "open-around-append") == 0)
		return openat(own, "/etc/passwd", O_WRONLY | O_APPEND);
	if (strcmp(name, "open-nameless") == 0)
		return open("own", O_TMPFILE | O_RDWR, 0600);
	if (strcmp(name, "rename-own") == 0)
		return renameat(own, "entry", own, "renamed");
	if (strcmp(name, "unlink") == 0)
		return unlink("secret");
	if (strcmp(name, "mkdir") == 0)
		return mkdir("made", 0700);
	if (strcmp(name, "list-root") == 0)
		return open("/", O_RDONLY | O_DIRECTORY);
	if (strcmp(name, "memory-file") == 0)
		return memfd_create("x", 0);
	if (strcmp(name, "read") == 0)
		return (int)pread(own, &b, 0, 0) < 0 && errno != EISDIR &&
		    errno != ESPIPE ? -1 : 0;
	if (strcmp(name, "write") == 0)
		return (int)write(1, "", 0);
	return try_number(name);
}

static enum sandbox_phase
phase_of(const char *name)
{
	return strcmp(name, "shut") == 0 ? SANDBOX_SHUT :
	    strcmp(name, "talk") == 0 ? SANDBOX_TALK : SANDBOX_LISTEN;
}

/* Enters it; returns how many words it has. */
static int
enter(char *names[], const char *dir)
{
	struct fault f = { 0 };
	struct landlock l;
	int status, used = 1;

	if (strcmp(names[0], "files") == 0) {
		status = landlock_begin(&l, &f);
		(void)landlock_path(&l, dir, LANDLOCK_MAKE);
		landlock_dir(&l, own, LANDLOCK_KEEP);
		if (names[1] != NULL && strcmp(names[1], "source") == 0) {
			landlock_bind(&l);
			used++;
		}
		if (status == 0)
			status = landlock_enforce(&l, &f);
	} else
		status = sandbox_enter(phase_of(names[0]), &f);
	if (status != 0)
		errx(254, "%s", f.text);
	return used;
}

/* Tries one call in a process that has been through the phases. */
static void
report(const char *name, char *phases[], const char *dir)
{
	pid_t child = fork();
	struct fault f;
	int status;

	if (child == 0) {
		if (phases[0] != NULL && sandbox_begin(&f) != 0)
			errx(254, "%s", f.text);
		while (*phases != NULL)
			phases += enter(phases, dir);
		errno = 0;
		_exit(try(name) < 0 ? errno : 0);
	}
	(void)waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		(void)printf("%s killed by %s\n", name,
		    sigabbrev_np(WTERMSIG(status)));
	else
		(void)printf("%s %s\n", name, WEXITSTATUS(status) == 0 ? "ok" :
		    strerrorname_np(WEXITSTATUS(status)));
}

/* The kernel chooses its name. */
static void
open_abstract(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	abstract.sun_family = AF_UNIX;
	abstract_size = sizeof(abstract);
	if (bind(fd, (struct sockaddr *)&abstract,
	    sizeof(abstract.sun_family)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&abstract, &abstract_size) != 0)
		err(1, "socket");
}

int
main(int argc, char *argv[])
{
	char line[64];

	if (argc < 2)
		errx(64, "usage: sandbox DIR PHASE... <CALLS");
	page = (int)sysconf(_SC_PAGESIZE);
	if (chdir(argv[1]) != 0)
		err(1, "%s", argv[1]);
	(void)mkdir("own", 0700);
	own = open("own", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	open_abstract();
	(void)setvbuf(stdout, NULL, _IONBF, 0);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		report(line, argv + 2, argv[1]);
	}
	return 0;
}
