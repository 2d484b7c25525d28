/* SPDX-License-Identifier: ISC */
/*
 * OpenSMTPD keeps its private keys in a process of their own and finds them by
 * a hash that hangs on the public key.  OpenSSL 3 works with copies of that
 * key, on which it does not (OpenSMTPD/OpenSMTPD#1171): to be preloaded, for
 * a server that has one key.
 */
#include <dlfcn.h>
#include <stddef.h>

typedef int	 set(void *, int, void *);
typedef void	*get(const void *, int);

/* What OpenSSL declares; its headers are not needed for two functions. */
set EC_KEY_set_ex_data;
get EC_KEY_get_ex_data;

static void *hash;

int
EC_KEY_set_ex_data(void *key, int index, void *data)
{
	set *original = (set *)dlsym(RTLD_NEXT, "EC_KEY_set_ex_data");

	hash = data;
	return original(key, index, data);
}

void *
EC_KEY_get_ex_data(const void *key, int index)
{
	get *original = (get *)dlsym(RTLD_NEXT, "EC_KEY_get_ex_data");
	void *data = original(key, index);

	return data != NULL ? data : hash;
}
