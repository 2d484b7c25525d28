/* SPDX-License-Identifier: ISC */
/*
 * Runs a command again and again and says what one run cost.
 *
 *	run [-n RUNS] [-w WORKERS] [-p] FILE COMMAND...
 *
 * FILE is its standard input, with -p through a pipe; output goes nowhere.
 * Prints the median wall time and the mean CPU time of a run in microseconds,
 * the largest resident set in KiB, and the wall time of all runs together in
 * microseconds.  A run that fails ends it all.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 10000, WORKERS_MAX = 64 };

extern char **environ;

struct slot {
	pid_t	 pid, feeder;
	double	 started;
};

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A process that feeds the file into a pipe, whose end is returned. */
static int
feed(const char *file, pid_t *feeder)
{
	static char buf[64 * 1024];
	int in, end[2];
	ssize_t n;

	if (pipe2(end, O_CLOEXEC) != 0)
		exit(71);
	*feeder = fork();
	if (*feeder != 0) {
		close(end[1]);
		return end[0];
	}
	in = open(file, O_RDONLY);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(end[1], buf, (size_t)n) != n)
			break;
	_exit(0);
}

static void
start(struct slot *s, const char *file, int through_pipe, char *argv[])
{
	posix_spawn_file_actions_t actions;
	int in;

	s->feeder = 0;
	in = through_pipe ? feed(file, &s->feeder) :
	    open(file, O_RDONLY | O_CLOEXEC);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, in, 0);
	(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null",
	    O_WRONLY, 0);
	s->started = now();
	if (posix_spawn(&s->pid, argv[0], &actions, NULL, argv, environ) != 0) {
		perror(argv[0]);
		exit(71);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	close(in);
}

static int
ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
main(int argc, char *argv[])
{
	static double wall[RUNS_MAX];
	struct slot slot[WORKERS_MAX] = { { 0 } };
	int runs = 1, workers = 1, through_pipe = 0, done = 0, begun = 0, c;
	double cpu = 0, first = now();
	long peak = 0;

	while ((c = getopt(argc, argv, "+n:w:p")) != -1)
		if (c == 'n')
			runs = atoi(optarg);
		else if (c == 'w')
			workers = atoi(optarg);
		else
			through_pipe = 1;
	argv += optind;
	if (argc - optind < 2 || runs > RUNS_MAX || workers > WORKERS_MAX)
		return 64;
	for (int i = 0; i < workers && begun < runs; i++, begun++)
		start(&slot[i], argv[0], through_pipe, argv + 1);
	while (done < runs) {
		struct rusage used;
		int status;
		pid_t pid = wait4(-1, &status, 0, &used);

		for (int i = 0; i < workers; i++) {
			if (slot[i].pid != pid)
				continue;
			wall[done++] = now() - slot[i].started;
			if (status != 0) {
				(void)fprintf(stderr, "%s: status %x\n",
				    argv[1], (unsigned)status);
				return 1;
			}
			cpu += (double)(used.ru_utime.tv_sec +
			    used.ru_stime.tv_sec) * 1e6 +
			    (double)(used.ru_utime.tv_usec +
			    used.ru_stime.tv_usec);
			if (used.ru_maxrss > peak)
				peak = used.ru_maxrss;
			slot[i].pid = 0;
			if (begun < runs) {
				start(&slot[i], argv[0], through_pipe,
				    argv + 1);
				begun++;
			}
		}
	}
	qsort(wall, (size_t)runs, sizeof(wall[0]), ascending);
	(void)printf("%.0f %.0f %ld %.0f\n", wall[runs / 2], cpu / runs, peak,
	    now() - first);
	return 0;
}
