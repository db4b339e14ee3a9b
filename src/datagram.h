/* datagram.h -- a descriptor that datagrams are sent and received with

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Datagrams wait in the kernel and nowhere else: to receive one is a
   system call, and so is to send one.  libuv's own UDP would receive
   without being asked and drop what nobody takes.  */

#ifndef IM_DATAGRAM_H
#define IM_DATAGRAM_H

#include "descriptor.h"

#include <sys/socket.h>

struct datagram_options
{
  bool share;                   /* others here may use the same port */
  bool broadcast;               /* may send to a broadcast address */
  bool loop;                    /* this computer hears its multicasts */
  int ttl;                      /* networks that they cross */
  unsigned interface;           /* that they leave by; 0: any */
};

struct datagram
{
  const uint8_t *bytes;         /* valid until the reactor runs */
  size_t size;
  bool truncated;               /* it was longer */
  struct sockaddr_storage sender;
};

/* Send and receive at ADDRESS.  Return 0 or a negative errno.  */
int datagram_open (struct reactor *reactor,
                   const struct sockaddr_storage *address,
                   const struct datagram_options *options,
                   struct descriptor **result);

/* Send SIZE bytes as one datagram.  Return 0; -EAGAIN when there is no
   room for it now; or another negative errno.  */
int datagram_send (const struct descriptor *socket, const uint8_t *bytes,
                   size_t size, const struct sockaddr_storage *address);

/* Receive up to LIMIT bytes of the next datagram; the rest of it is gone.
   Return 0; -EAGAIN when none waits; or another negative errno.  */
int datagram_receive (const struct descriptor *socket, size_t limit,
                      struct datagram *datagram);

/* Receive, or no longer (MEMBER false), what is sent to GROUP on INTERFACE
   (0: any).  Return 0 or a negative errno.  */
int datagram_set_member (const struct descriptor *socket,
                         const struct sockaddr_storage *group,
                         unsigned interface, bool member);

#endif /* IM_DATAGRAM_H */
