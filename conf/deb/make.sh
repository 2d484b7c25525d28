#!/bin/sh
# SPDX-License-Identifier: ISC
#
# make.sh TREE VERSION ARCH PACKAGE: make PACKAGE, a .deb, of what make install
# put into TREE for a machine that Debian calls ARCH.  The same TREE gives the
# same PACKAGE, on every day and for every user.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
conf=$here/..
tree=$1 version=$2 arch=$3 package=$4
doc=$tree/usr/share/doc/sendlet

# With the time of the sources, however they came here.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct \
    2>/dev/null || stat -c %Y "$here/make.sh")}
export SOURCE_DATE_EPOCH

install -d "$tree/DEBIAN" "$doc/examples" "$tree/etc/cron.d" \
    "$tree/usr/lib/systemd/system" "$tree/usr/share/lintian/overrides"
find "$tree/usr/share/man" -type f -exec gzip -9n {} +
find "$tree/usr/share/man" -type l | while read -r link; do
	ln -sf "$(readlink "$link").gz" "$link.gz"
	rm "$link"
done
install -m 644 "$conf"/systemd/* "$tree/usr/lib/systemd/system"
sed 's,root sleep,root [ ! -d /run/systemd/system ] \&\& [ -x /usr/sbin/sendlet ] \&\& sleep,' \
    "$conf/sendlet.cron" >"$tree/etc/cron.d/sendlet"
install -m 644 "$here/lintian-overrides" \
    "$tree/usr/share/lintian/overrides/sendlet"
install -m 644 "$conf/../README.md" "$doc"
install -m 644 "$conf/apparmor/usr.sbin.sendlet" "$doc/examples"
sed -n '1,/^$/!p' "$conf/../LICENSE" | sed 's/^$/./; s/^/ /' >"$tree/license"
awk -v copyright="$(sed -n 's/^Copyright (c) //p' "$conf/../LICENSE")" \
    -v text="$tree/license" '
	/@LICENSE@/ { while ((getline line <text) > 0) print line; next }
	{ sub(/@COPYRIGHT@/, copyright); print }' "$here/copyright" \
    >"$doc/copyright"
rm "$tree/license"
gzip -9n >"$doc/changelog.gz" <<-END
	sendlet ($version) unstable; urgency=medium

	  * See the tags of the releases.

	 -- The sendlet maintainers <sendlet@example.org>  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
END

install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$tree/DEBIAN"
install -m 644 "$here/conffiles" "$tree/DEBIAN"
size=$(du -sk --apparent-size --exclude=DEBIAN "$tree" | cut -f 1)
sed "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" \
    "$here/control" >"$tree/DEBIAN/control"
(cd "$tree" && find usr -type f | LC_ALL=C sort | xargs md5sum) \
    >"$tree/DEBIAN/md5sums"
chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/md5sums" "$doc"/* \
    "$tree/etc/cron.d/sendlet"
chmod 755 "$doc/examples"
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" >/dev/null
