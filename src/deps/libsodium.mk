# SPDX-License-Identifier: ISC
#
# Run by build.sh in libsodium's source folder: all its portable code in one
# archive, of which the linker takes Ed25519, X25519 and, with the instructions
# that x86-64 has for it, AES-256-GCM.

OBJS = $(patsubst %.c,%.o,$(shell find . -name '*.c'))
FLAGS = -Iinclude/sodium -Iinclude -DCONFIGURED=1 -w
AESNI = $(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)), \
	-O2 -mssse3 -maes -mpclmul \
	-DHAVE_TMMINTRIN_H=1 -DHAVE_WMMINTRIN_H=1)

./crypto_aead/aes256gcm/%.o: FLAGS += $(AESNI)
libsodium.a: $(OBJS)
	$(AR) -rcs $@ $(OBJS)

%.o: %.c
	$(CC) -Os $(FLAGS) $(CFLAGS) -c -o $@ $<
