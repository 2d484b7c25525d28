# SPDX-License-Identifier: ISC
#
# Run by build.sh in libsodium's source folder: all its portable code in one
# archive, of which the linker takes Ed25519 and X25519 alone.

OBJS = $(patsubst %.c,%.o,$(shell find . -name '*.c'))
FLAGS = -Iinclude/sodium -Iinclude -DCONFIGURED=1 -w

libsodium.a: $(OBJS)
	$(AR) -rcs $@ $(OBJS)

%.o: %.c
	$(CC) -Os $(FLAGS) $(CFLAGS) -c -o $@ $<
