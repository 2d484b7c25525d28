/* SPDX-License-Identifier: ISC */
/* What the configure scripts of libmd and libbsd find on Linux, as far as the
   sources in bsd.mk ask. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORDS_BIGENDIAN 1
#endif
#define HAVE_DIRENT_H 1
#define HAVE_DIRFD 1
#define HAVE_SYSCONF 1
