/* SPDX-License-Identifier: ISC */
/*
 * A main() for any fuzz target: feeds it every file named, and every file in
 * the directories named, then prints how many inputs that were.  Linked with a
 * target it needs no fuzzing engine, so that any compiler can walk a corpus.
 */
#include <sys/stat.h>

#include <err.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Targets that need it have it. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

/*
 * The bytes are kept in a block of exactly their size, for the sanitizer to
 * see the first byte read beyond.
 */
static void
feed(const char *path, size_t size)
{
	uint8_t *data;
	FILE *file;

	if ((file = fopen(path, "rb")) == NULL)
		err(1, "%s", path);
	if ((data = malloc(size)) == NULL && size != 0)
		err(1, "%s", path);
	if (fread(data, 1, size, file) != size)
		errx(1, "%s: short read", path);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int
main(int argc, char *argv[])
{
	FTS *tree;
	FTSENT *entry;
	unsigned int inputs = 0;

	if (argc < 2)
		errx(64, "usage: replay file-or-directory ...");
	if (LLVMFuzzerInitialize != NULL)
		(void)LLVMFuzzerInitialize(&argc, &argv);
	tree = fts_open(argv + 1, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	if (tree == NULL)
		err(1, "fts_open");
	while ((entry = fts_read(tree)) != NULL) {
		switch (entry->fts_info) {
		case FTS_F:
			feed(entry->fts_path, (size_t)entry->fts_statp->st_size);
			inputs++;
			break;
		case FTS_D:
		case FTS_DP:
			break;
		default:
			errx(1, "%s: cannot be read", entry->fts_path);
		}
	}
	fts_close(tree);
	printf("%u inputs\n", inputs);
	return inputs == 0;
}
