#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# conf/container: each stage of the Dockerfile, and what runs beside it, as an
# engine would make and start them.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153 # scripts for the shell inside

load lib/common
load callers/callers
load lib/empty

CONTAINER=$ROOT/conf/container
eval "callers_$(declare -f setup_file)"

setup_file() {
	callers_setup_file
	certificate ca ca.pem
	certificate cert relay.pem IP:127.0.0.1 ca.pem
	make_ca_build "$BATS_FILE_TMPDIR/ca.pem"
}

setup() {
	make_empty
	prepare --tls implicit --cert "$BATS_FILE_TMPDIR/relay.pem" --require-auth --auth PLAIN \
		--user alerts@example.com --password 's3cret'
	cp "$CA_BUILD" "$PRIVATE/sendmail"
	: >"$PRIVATE/sendlet.conf"
}

# stage NAME [WORD]: the lines of a stage that begin with WORD, without it.
stage() {
	/usr/bin/python3 "$ROOT/tests/lib/image.py" "$CONTAINER/Dockerfile" "$1" | sed -n "s/^${2:-}${2:+ }//p"
}

# service FILE NAME: its environment becomes ENV, with the relay of the test.
service() {
	mapfile -t ENV < <(/usr/bin/python3 "$ROOT/tests/lib/image.py" "$CONTAINER/$1" "$2")
	((${#ENV[@]} > 5))
	ENV+=("SENDLET_RELAY=submissions://127.0.0.1:$PORT")
}

# copy STAGE: what it takes from the one that builds.
copy() {
	local from source target
	read -r from source target < <(stage "$1" copy)
	assert_equal "$from $source" "build /src/build/sendlet"
	mkdir -p "$EMPTY${target%/*}"
	cp "$CA_BUILD" "$EMPTY$target"
}

secret() {
	mkdir -p "$EMPTY/run/secrets${1:-}"
	printf s3cret >"$EMPTY/run/secrets${2:-/smtp}"
	chmod 444 "$EMPTY/run/secrets${2:-/smtp}"
}

# Until the sink has one, for at most a minute.
await_message() {
	local try
	for try in {1..600}; do
		[[ ! -s $SINK/messages/1.json ]] || return 0
		sleep 0.1
	done
	fail "nothing arrived"
}

@test "images: what the first stage runs is there" {
	stage build run | grep -q 'tests/setup.sh demo && make CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt$'
	[[ -x $ROOT/tests/setup.sh ]]
	# What is needed to build, and nothing of an earlier one, is copied.
	assert_equal "$(stage build copy)" ". ."
	assert_equal "$(<"$ROOT/.dockerignore")" $'.deps\n.git\nbuild'
}

@test "images: scratch, with the environment of the compose file" {
	copy sendlet
	secret
	service compose.yaml queue
	ENTER_AS=$(stage sendlet user)
	assert_equal "$(stage sendlet start)" /sendlet
	contained -t < <(message)
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope tls)" TLSv1.3
	grep -q '"to":"pat@example.net".*"status":"sent"' "$ERR"
}

@test "images: alpine, whose own sendmail is busybox" {
	local busybox
	mkdir -p "$EMPTY"/{bin,usr/sbin,run/secrets/mail}
	busybox=$(<"$BATS_FILE_TMPDIR/tree")/usr/bin/busybox
	cp "$busybox" "$EMPTY/bin/busybox"
	ln -s busybox "$EMPTY/bin/sh"
	ln -s ../../bin/busybox "$EMPTY/usr/sbin/sendmail"
	as=()
	[[ $(id -u) == 0 ]] || as=(sudo -n)
	"${as[@]}" /usr/sbin/chroot "$EMPTY" /bin/busybox sh -c "rm() { busybox rm \"\$@\"; }; $(stage alpine run)"
	copy alpine
	cmp "$busybox" "$EMPTY/bin/busybox"
	secret /mail /mail/password
	service kubernetes.yaml app
	printf 'Subject: from alpine\n\nHello\n' | enter_empty /bin/sh -c '/usr/sbin/sendmail pat@example.net'
	assert_received 1
	assert_equal "$(envelope sender)" app@example.com
}

@test "images: smtp, for what speaks nothing else" {
	[[ $(stage smtp start) == 'tcpsvd '*' /usr/sbin/sendmail -bs' ]]
	copy smtp
	secret /mail /mail/password
	service kubernetes.yaml app
	ENTER_AS=$(stage smtp user)
	printf '%s\r\n' 'EHLO app' 'MAIL FROM:<app@example.com>' 'RCPT TO:<pat@example.net>' DATA \
		'Subject: a test' '' Hello . QUIT | enter_empty /usr/sbin/sendmail -bs >"$OUT"
	assert_received 1
	grep -q '^250 .*queued as' "$OUT"
}

@test "images: php mails, its relay comes back, the queue beside it sends" {
	local code='exit(mail("pat@example.net", "from php", "Hello") ? 0 : 1);'
	service compose.yaml web
	ENV+=("SENDLET_RELAY=submissions://127.0.0.1:$(closed_port)" CODE="$code")
	assert_equal "$(stage php copy)" "build /src/build/sendlet /usr/sbin/sendmail"
	call sh -euc "
		mkdir -p /run/secrets
		echo s3cret >/run/secrets/smtp
		$(stage php run)
		"'setpriv --reuid 33 --regid 33 --clear-groups php -r "$CODE"
		cp -a /var/spool/sendlet /log/spool'
	assert_exit 0
	assert_received 0

	copy sendlet
	secret
	mkdir -p "$EMPTY/var/spool/sendlet"
	service compose.yaml queue
	LENT=("$PRIVATE/log/spool" /var/spool/sendlet)
	ENTER_AS=33:33
	enter_empty /sendlet -q5m >"$OUT" 2>"$ERR" 3>&- &
	await_message
	eventually sessions_over
	pkill -P "$!"
	wait "$!" || status=$?
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope sender)" www@example.com
	assert_equal "$(field Subject)" 'from php'
	enter_empty /sendlet -bp | grep -q 'empty$'
}

@test "images: what a pod starts has the user and the places of its mail" {
	run /usr/bin/python3 - "$CONTAINER/kubernetes.yaml" <<-'END'
		import sys, yaml
		settings, _, deployment = yaml.safe_load_all(open(sys.argv[1]))
		pod = deployment["spec"]["template"]["spec"]
		names = {volume["name"] for volume in pod["volumes"]}
		assert "fsGroup" not in pod["securityContext"]
		for container in pod["containers"] + pod["initContainers"]:
		    assert {mount["name"] for mount in container["volumeMounts"]} <= names, container
		for container in pod["containers"]:
		    places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
		    assert settings["data"]["SENDLET_SPOOL"] == places["spool"] + "/mail"
		    assert settings["data"]["SENDLET_PASSWORD"] == "file:" + places["secret"] + "/password"
		print("fine")
	END
	assert_equal "$output" fine
}
