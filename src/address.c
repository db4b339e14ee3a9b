/* address.c -- network addresses, as numbers and as text

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

int
address_parse (const char *text, int port, struct sockaddr_storage *address)
{
  memset (address, 0, sizeof *address);
  if (uv_ip4_addr (text, port, (struct sockaddr_in *) address) == 0
      || uv_ip6_addr (text, port, (struct sockaddr_in6 *) address) == 0)
    return 0;
  return -EINVAL;
}

/* Append "%" and the interface SCOPE, without which an address of one link
   leads nowhere.  */
static void
append_scope (uint32_t scope, char text[ADDRESS_TEXT_BYTES])
{
  char name[IF_NAMESIZE];
  size_t size = strlen (text);

  if (if_indextoname (scope, name) == NULL)
    snprintf (name, sizeof name, "%u", scope);
  snprintf (text + size, ADDRESS_TEXT_BYTES - size, "%%%s", name);
}

void
address_format (const struct sockaddr *address,
                char text[ADDRESS_TEXT_BYTES])
{
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) address;

  text[0] = '\0';
  if (address->sa_family == AF_INET)
    uv_ip4_name ((const struct sockaddr_in *) address, text,
                 ADDRESS_TEXT_BYTES);
  else if (IN6_IS_ADDR_V4MAPPED (&six->sin6_addr))
    inet_ntop (AF_INET, &six->sin6_addr.s6_addr[12], text,
               ADDRESS_TEXT_BYTES);
  else
    {
      uv_ip6_name (six, text, ADDRESS_TEXT_BYTES);
      if (six->sin6_scope_id != 0)
        append_scope (six->sin6_scope_id, text);
    }
}

int
address_port (const struct sockaddr *address)
{
  return ntohs (address->sa_family == AF_INET
                ? ((const struct sockaddr_in *) address)->sin_port
                : ((const struct sockaddr_in6 *) address)->sin6_port);
}

socklen_t
address_length (const struct sockaddr_storage *address)
{
  return address->ss_family == AF_INET ? sizeof (struct sockaddr_in)
                                       : sizeof (struct sockaddr_in6);
}

int
address_each_interface (void (*visit) (const char *name,
                                       const char *address,
                                       bool internal, void *data),
                        void *data)
{
  uv_interface_address_t *interfaces;
  int count;
  int status = uv_interface_addresses (&interfaces, &count);

  if (status < 0)
    return status;
  for (int i = 0; i < count; i++)
    {
      char text[ADDRESS_TEXT_BYTES];

      address_format ((struct sockaddr *) &interfaces[i].address, text);
      visit (interfaces[i].name, text, interfaces[i].is_internal, data);
    }
  uv_free_interface_addresses (interfaces, count);
  return 0;
}
