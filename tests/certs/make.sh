#!/bin/sh
# SPDX-License-Identifier: ISC
# Make throw-away keys and certificates; none is ever kept.
#
#   make.sh ca   CA.pem [NAME]                      a CA
#   make.sh cert OUT.pem SAN CA.pem [OPTION...]     signed by it
#   make.sh self OUT.pem SAN [OPTION...]            signed by itself
#   make.sh pin  CERT.pem                           hash of its key, for tls-pin
#
# SAN is as openssl has it: "DNS:mail.example.com,IP:127.0.0.1".  Each key lies
# beside its certificate with .key added.  OPTIONs: `expired`, `future`,
# `days=N`; `rsa`,
# `rsa1024`, `p384`; `sha1`, `sha384` for the signature; `cn=NAME` of the subject; `ca`
# for an authority; `usage=LIST` of extendedKeyUsage; `basic=WORDS` behind CA: in
# basicConstraints; `more=LINE`, an extension as openssl has it.
set -eu

die() {
	echo "make.sh: $*" >&2
	exit 64
}

# Sets key, subject and period from the OPTIONs.
options() {
	key="ec -pkeyopt ec_paramgen_curve:P-256" subject=/CN=test
	from=$(date -u -d '1 hour ago' +%Y%m%d%H%M%SZ)
	till=$(date -u -d '2 days' +%Y%m%d%H%M%SZ)
	digest=sha256 authority=FALSE usage='' basic='' more=''
	for option; do
		case $option in
		expired) from=20200101000000Z till=20200201000000Z ;;
		days=*) till=$(date -u -d "${option#days=} days" +%Y%m%d%H%M%SZ) ;;
		future) from=20900101000000Z till=20910101000000Z ;;
		rsa) key=rsa:2048 ;;
		rsa1024) key=rsa:1024 ;;
		p384) key="ec -pkeyopt ec_paramgen_curve:P-384" ;;
		sha1 | sha384) digest=$option ;;
		ca) authority=TRUE ;;
		usage=*) usage=${option#usage=} ;;
		basic=*) basic=,${option#basic=} ;;
		more=*) more=${option#more=} ;;
		cn=*) subject=/CN=${option#cn=} ;;
		*) die "$option: unknown option" ;;
		esac
	done
}

# request OUT: a key and a request to be signed.
request() {
	# shellcheck disable=SC2086 # $key is several words
	openssl req -newkey $key -nodes -keyout "$1.key" -out "$1.csr" -subj "$subject" -config /dev/null
}

# sign OUT SAN CA...: openssl ca is the only command that takes any period.
sign() {
	out=$1 san=$2
	shift 2
	work=$(mktemp -d)
	: >"$work/index"
	cat >"$work/conf" <<-END
		[ca]
		default_ca = all
		[all]
		database = $work/index
		new_certs_dir = $work
		rand_serial = yes
		default_md = $digest
		policy = any
		unique_subject = no
		[any]
		commonName = optional
		[leaf]
		basicConstraints = CA:$authority$basic
		$more
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		$([ -z "$san" ] || echo "subjectAltName = $san")
		$([ -z "$usage" ] || echo "extendedKeyUsage = $usage")
	END
	openssl ca -batch -notext -config "$work/conf" -extensions leaf -startdate "$from" \
		-enddate "$till" -in "$out.csr" -out "$out" "$@"
	rm -rf "$work" "$out.csr"
}

command=$1 out=$2
shift 2
case $command in
ca)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$out.key" \
		-out "$out" -subj "/CN=${1:-Test CA}"
	;;
cert)
	san=$1 ca=$2
	shift 2
	options "$@"
	request "$out"
	sign "$out" "$san" -cert "$ca" -keyfile "$ca.key"
	;;
self)
	san=$1
	shift
	options "$@"
	request "$out"
	sign "$out" "$san" -selfsign -keyfile "$out.key"
	;;
pin)
	openssl x509 -in "$out" -noout -pubkey | openssl pkey -pubin -outform DER |
		openssl dgst -sha256 | sed 's/.*= *//'
	;;
*) die "$command: unknown command" ;;
esac
