/* scm-address.c -- the primitives for addresses and names

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "scm-reactor.h"

#include "address.h"
#include "error.h"
#include "lookup.h"
#include "primitive.h"

static SCM
scm_im_numeric_address_p (SCM host)
{
  struct sockaddr_storage address;

  scm_dynwind_begin (0);
  char *text = scm_to_utf8_string (host);
  scm_dynwind_free (text);
  int status = address_parse (text, 0, &address);
  scm_dynwind_end ();
  return scm_from_bool (status == 0);
}

static SCM
scm_im_look_up (SCM host)
{
  const char *who = "make-client-socket";
  struct reactor *reactor = reactor_for (who);
  struct lookup *lookup;

  scm_dynwind_begin (0);
  char *text = scm_to_utf8_string (host);
  scm_dynwind_free (text);
  int status = lookup_new (reactor, text, &lookup);
  scm_dynwind_end ();
  /* libuv refuses here what can't be a name (too long, not IDNA).  */
  if (status < 0)
    return SCM_BOOL_F;
  return source_to_scm (&lookup->source);
}

static SCM
scm_im_found_addresses (SCM object)
{
  const char *who = "make-client-socket";
  const struct lookup *lookup
    = (struct lookup *) source_of_kind (object, SOURCE_LOOKUP, who);
  SCM found = SCM_EOL;

  for (const struct addrinfo *info = lookup->addresses; info != NULL;
       info = info->ai_next)
    if (info->ai_family == AF_INET || info->ai_family == AF_INET6)
      {
        char text[ADDRESS_TEXT_BYTES];

        address_format (info->ai_addr, text);
        found = scm_cons (scm_from_utf8_string (text), found);
      }
  return scm_reverse_x (found, SCM_EOL);
}

static void
cons_interface (const char *name, const char *address, bool internal,
                void *data)
{
  SCM *found = data;

  *found = scm_cons (scm_list_3 (scm_from_utf8_string (name),
                                 scm_from_utf8_string (address),
                                 scm_from_bool (internal)), *found);
}

static SCM
scm_im_interface_addresses (void)
{
  SCM found = SCM_EOL;
  int status = address_each_interface (cons_interface, &found);

  if (status < 0)
    error_system ("interface-addresses", status);
  return scm_reverse_x (found, SCM_EOL);
}

const struct primitive address_primitives[] = {
  { "%numeric-address?", 1, 0, scm_im_numeric_address_p,
    "Return #t if the string HOST is an IPv4 or IPv6 address in numbers." },
  { "%look-up", 1, 0, scm_im_look_up,
    "Return a source that is ready when the addresses of HOST, a string,\n"
    "are known to exist or not; #f if HOST can't be a name." },
  { "%found-addresses", 1, 0, scm_im_found_addresses,
    "Return the addresses that LOOKUP has found, a list of strings." },
  { "%interface-addresses", 0, 0, scm_im_interface_addresses,
    "Return a list of (INTERFACE ADDRESS LOOPBACK?), one for each address\n"
    "of this machine." },
  { NULL, 0, 0, NULL, NULL }
};
