# SPDX-License-Identifier: ISC
#
# Run by build.sh in the folder with the sources of libmd or libbsd: what the
# program and its tests use of them, in one archive.  Their configure scripts
# take longer than all other compiling, and that for each flavour and machine;
# what they would find stands in config.h.

libmd.a: md5.o sha1.o sha2.o
libbsd.a: closefrom.o explicit_bzero.o freezero.o pwcache.o reallocarray.o \
	recallocarray.o strlcat.o strlcpy.o strtoi.o strtonum.o unvis.o vis.o

%.a:
	$(AR) -rcs $@ $^
%.o: %.c
	$(CC) -Os -D_GNU_SOURCE -I. -I.. -I../include \
	    -isystem ../include/bsd -DLIBBSD_OVERLAY \
	    -DLIBBSD_DISABLE_DEPRECATED $(CFLAGS) -c -o $@ $<
