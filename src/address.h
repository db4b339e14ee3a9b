/* address.h -- network addresses, as numbers and as text

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef IM_ADDRESS_H
#define IM_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Room for the longest text, with scope and final NUL.  */
#define ADDRESS_TEXT_BYTES 80

/* Write the numeric IPv4 or IPv6 address TEXT with PORT to *ADDRESS.
   Return 0, or -EINVAL when TEXT isn't one.  */
int address_parse (const char *text, int port,
                   struct sockaddr_storage *address);

/* Write ADDRESS without its port as text; an IPv4 address that came
   through an IPv6 socket looks as everyone knows it, and one that is valid
   on one link only names the interface, as in fe80::1%eth0.  */
void address_format (const struct sockaddr *address,
                     char text[ADDRESS_TEXT_BYTES]);

int address_port (const struct sockaddr *address);

socklen_t address_length (const struct sockaddr_storage *address);

/* Call VISIT for each address of this machine's interfaces.  Return 0 or
   a negative errno.  */
int address_each_interface (void (*visit) (const char *name,
                                           const char *address,
                                           bool internal, void *data),
                            void *data);

#endif /* IM_ADDRESS_H */
