#!/bin/sh
# SPDX-License-Identifier: ISC
#
# cross.sh DIR ARCH TRIPLE: all that a program for another machine is built
# with.  DIR/musl-ARCH has musl, from Debian's source, and bin/cc, which is
# TRIPLE-gcc with that in place of glibc; DIR/ARCH has the libraries.
#
# CFLAGS comes from the environment; the libraries are build.sh's work.

set -eu

die()
{
	echo "cross.sh: $*" >&2
	exit 1
}

# write_cc TREE: the compiler for the musl that will be in TREE.  All it links
# is static: libgcc and libc need that to refer to each other.
write_cc()
{
	sh "$work/musl/tools/musl-gcc.specs.sh" "$1/include" "$1/lib" \
	    /lib/ld-musl.so >"$new/lib/musl-gcc.specs"
	mkdir -p "$new/bin"
	cat >"$new/bin/cc" <<-END
		#!/bin/sh
		exec $triple-gcc -static -specs "$1/lib/musl-gcc.specs" "\$@"
	END
	chmod 755 "$new/bin/cc"
	ln -sf "$(command -v "$triple-ar")" "$new/bin/ar"
}

build_musl()
{
	mkdir -p "$work/musl" "$new"
	tar -x -f "$dir/cross/src/$tarball" --no-same-owner \
	    --strip-components=1 -C "$work/musl"
	cd "$work/musl"
	./configure --prefix="$new" --target="$triple" --disable-shared \
	    --disable-wrapper CROSS_COMPILE="$triple-" \
	    CFLAGS="-Os -fPIE -fstack-protector-strong" >"$work/log" 2>&1 &&
	    make -j "$jobs" install >>"$work/log" 2>&1 || {
		tail -n 20 "$work/log" >&2
		die "musl for $arch cannot be built"
	}
}

[ $# -eq 3 ] || die "usage: cross.sh DIR ARCH TRIPLE"
here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd -P "$1" && pwd -P)
arch=$2 triple=$3
jobs=$(getconf _NPROCESSORS_ONLN)
unset MAKEFLAGS MFLAGS MAKELEVEL
command -v "$triple-gcc" >/dev/null ||
    die "no $triple-gcc: apt-get install gcc-$triple"
"$here/fetch.sh" "$dir/cross" musl
tarball=$(awk '$1 == "musl" { print $3 }' "$dir/cross/src/versions")

work=$dir/musl-$arch.work new=$dir/musl-$arch.new musl=$dir/musl-$arch
exec 8>"$dir/cross/lock-$arch"
flock 8
{ echo "$tarball"; "$triple-gcc" --version; cat "$0"; } \
    >"$dir/cross/key-$arch"
if ! cmp -s "$dir/cross/key-$arch" "$musl/key"; then
	echo "building musl ($arch)"
	rm -rf "$work" "$new" "$musl"
	build_musl
	write_cc "$musl"
	cp "$dir/cross/key-$arch" "$new/key"
	mv "$new" "$musl"
	cd "$dir"
	rm -rf "$work"
fi
rm -f "$dir/cross/key-$arch"

PATH=$musl/bin:$PATH CC="$musl/bin/cc" "$here/build.sh" "$dir" "$arch"
ln -sfn "/usr/$triple/include/asm" "$dir/$arch/kernel/asm"
