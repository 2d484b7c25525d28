/* SPDX-License-Identifier: ISC */
/* What a server says when it ends TLS, in words for who wants to use it. */
#include <stddef.h>

#include <mbedtls/ssl.h>

#include "net/alert.h"

/* What the relay's alerts (RFC 8446 section 6.2) mean to the user. */
static const struct {
	int		 code;
	const char	*text;
} alerts[] = {
	{ MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE,
	    ": it accepts none of our ciphers, or wants a client certificate" },
	{ MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY,
	    ": it accepts none of our ciphers" },
	{ MBEDTLS_SSL_ALERT_MSG_BAD_CERT, ": it refuses our certificate" },
	{ MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT,
	    ": it refuses our certificate" },
	{ MBEDTLS_SSL_ALERT_MSG_CERT_REVOKED, ": our certificate is revoked" },
	{ MBEDTLS_SSL_ALERT_MSG_CERT_EXPIRED, ": our certificate has expired" },
	{ MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN, ": it refuses our certificate" },
	{ MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA,
	    ": it does not know who issued our certificate" },
	{ MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED, ": access denied" },
	{ MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR, ": it has an internal error" },
	{ MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME,
	    ": it does not know itself by that name" },
	{ MBEDTLS_SSL_ALERT_MSG_CERT_REQUIRED,
	    ": it wants a client certificate (tls-cert)" },
	{ 0, "" }
};

const char *
alert_meaning(int code)
{
	size_t i = 0;

	while (alerts[i].text[0] != '\0' && alerts[i].code != code)
		i++;
	return alerts[i].text;
}
