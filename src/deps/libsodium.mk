# SPDX-License-Identifier: ISC
#
# Run by build.sh in libsodium's source folder: Ed25519, X25519 and, with the
# instructions that x86-64 has for it, AES-256-GCM, in one archive.  What else
# is in these parts may refer to others: the linker drops it.

PARTS = crypto_aead/aes256gcm crypto_core/ed25519 crypto_hash/sha512 \
	crypto_scalarmult/curve25519 crypto_sign/ed25519 crypto_verify \
	randombytes sodium
OBJS = $(patsubst %.c,%.o,$(shell find $(PARTS) -name '*.c'))
FLAGS = -Iinclude/sodium -Iinclude -DCONFIGURED=1 -ffunction-sections -w
AESNI = $(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)), \
	-O2 -mssse3 -maes -mpclmul \
	-DHAVE_TMMINTRIN_H=1 -DHAVE_WMMINTRIN_H=1)

crypto_aead/aes256gcm/%.o: FLAGS += $(AESNI)
libsodium.a: $(OBJS)
	$(AR) -rcs $@ $(OBJS)

%.o: %.c
	$(CC) -Os $(FLAGS) $(CFLAGS) -c -o $@ $<
