# SPDX-License-Identifier: ISC
#
# Run by build.sh in Mbed TLS's library folder: its sources in one archive.
# Optimised for speed where a handshake or a large message spends its time, for
# size elsewhere; CFLAGS come last so that a flavour may override the level.

HOT = aes% bignum% chacha% ecp% gcm% poly1305% sha2% sha5%
ALL_CFLAGS = -I. -I../include -DMBEDTLS_CONFIG_FILE='"sendlet_config.h"'
OBJS = $(patsubst %.c,%.o,$(wildcard *.c))

libmbedtls.a: $(OBJS)
	$(AR) -rcs $@ $(OBJS)

$(filter $(HOT:%=%.o),$(OBJS)): LEVEL = -O2
$(OBJS): LEVEL ?= -Os
%.o: %.c
	$(CC) $(LEVEL) $(ALL_CFLAGS) $(CFLAGS) -c -o $@ $<
