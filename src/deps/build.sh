#!/bin/sh
# SPDX-License-Identifier: ISC
#
# build.sh DIR FLAVOUR: build the static libraries of DIR/src, as fetch.sh left
# them, into DIR/FLAVOUR/lib and DIR/FLAVOUR/include.
#
# CC and CFLAGS come from the environment, the TLS configuration from src/net
# beside this script.  DIR/FLAVOUR/key remembers all of these: a flavour that
# would come out the same is left alone.

set -eu

die()
{
	echo "build.sh: $*" >&2
	exit 1
}

# Run a command whose output matters only when it fails.
quiet()
{
	"$@" >>"$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		die "$1 failed"
	}
}

# unpack PACKAGE: its source becomes the current directory.
unpack()
{
	tarball=$(awk -v p="$1" '$1 == p { print $3 }' "$dir/src/versions")
	mkdir "$work/$1"
	cd "$work/$1"
	quiet tar -x -f "$dir/src/$tarball" --no-same-owner \
	    --strip-components=1
}

# build_bsd NAME: libmd or libbsd
build_bsd()
{
	unpack "$1"
	cp "$here/config.h" config.h
	quiet make -j "$jobs" -C src -f "$here/bsd.mk" "$1.a" \
	    CC="$CC" CFLAGS="$CFLAGS"
	cp "src/$1.a" "$work/root/lib"
	rm -f include/Makefile*
	cp -R include/* "$work/root/include"
}

build_mbedtls()
{
	unpack mbedtls
	# 3.6.6 offers RSA-PSS in a ClientHello for 1.2 and 1.3, but refuses a
	# 1.2 server that takes it up, as most with an RSA key do (their issue
	# 10668).  Whether it was offered is checked elsewhere.
	sed -i '/char sig = MBEDTLS_BYTE_0(sig_alg);/a\
    if (sig_alg >= MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256 \&\&\
        sig_alg <= MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512)\
        return 1;' library/ssl_misc.h
	cp "$config" include/mbedtls/sendlet_config.h
	quiet make -j "$jobs" -C library -f "$here/mbedtls.mk" \
	    CC="$CC" CFLAGS="$CFLAGS"
	cp library/libmbedtls.a "$work/root/lib"
	cp -R include/mbedtls include/psa "$work/root/include"
}

# Of QuickJS only its Unicode library, which stands on its own.
build_quickjs()
{
	unpack quickjs
	for name in libunicode cutils; do
		# shellcheck disable=SC2086 # a list of words
		quiet $CC -Os $CFLAGS -D_GNU_SOURCE -c $name.c
	done
	quiet ar -rcs "$work/root/lib/libunicode.a" libunicode.o cutils.o
	cp libunicode.h "$work/root/include"
}

# All of libsodium, of which the linker takes Ed25519 alone.
build_libsodium()
{
	unpack libsodium
	# What its configure script would make; it comes without one.
	cp builds/msvc/version.h src/libsodium/include/sodium
	cd src/libsodium
	quiet make -j "$jobs" -f "$here/libsodium.mk" CC="$CC" CFLAGS="$CFLAGS"
	cp libsodium.a "$work/root/lib"
	cp -R include/sodium "$work/root/include"
}

# musl-gcc sees musl's headers only: lend it the kernel's (Landlock, seccomp).
lend_kernel_headers()
{
	mkdir "$work/root/kernel"
	host=$(${CC%% *} -dumpmachine)
	for name in linux asm asm-generic; do
		for from in /usr/include "/usr/include/$host"; do
			if [ -d "$from/$name" ]; then
				ln -sfn "$from/$name" "$work/root/kernel/$name"
			fi
		done
	done
}

[ $# -eq 2 ] || die "usage: build.sh DIR FLAVOUR"
here=$(cd "$(dirname "$0")" && pwd)
config=$here/../net/mbedtls_config.h
# The real path: several checkouts may share DIR through a link.
dir=$(cd -P "$1" && pwd -P)
flavour=$2
jobs=$(getconf _NPROCESSORS_ONLN)
work=$dir/$flavour.new
unset MAKEFLAGS MFLAGS MAKELEVEL

exec 9>"$dir/lock-$flavour"
flock 9
rm -rf "$work"
mkdir -p "$work/root/lib" "$work/root/include"
cd "$work"
{
	echo "$CC $CFLAGS"
	$CC --version
	cat "$dir/src/versions" "$here/build.sh" "$here/config.h" \
	    "$here"/*.mk "$config"
} >root/key
if cmp -s root/key "$dir/$flavour/key"; then
	cd "$dir"
	rm -rf "$work"
	touch "$flavour/key"
	exit 0
fi

echo "building the libraries ($flavour)"
CFLAGS="$CFLAGS -ffile-prefix-map=$dir=deps"
lend_kernel_headers
build_bsd libmd
build_bsd libbsd
build_libsodium
build_mbedtls
build_quickjs
awk '{ printf "-D%s_VERSION=\\\"%s\\\"\n", toupper($1), $2 }' \
    "$dir/src/versions" >"$work/root/versions"
cd "$dir"
rm -rf "$flavour"
mv "$work/root" "$flavour"
rm -rf "$work"
