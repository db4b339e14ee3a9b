/* listener.h -- a descriptor that connections are accepted from

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   We poll the descriptor and accept ourselves: libuv's own listener
   answers a lack of descriptors by closing the clients that wait.  */

#ifndef IM_LISTENER_H
#define IM_LISTENER_H

#include "descriptor.h"

struct sockaddr_storage;
struct stream;

/* Listen on ADDRESS.  Return 0 or a negative errno.  */
int listener_open (struct reactor *reactor,
                   const struct sockaddr_storage *address, int backlog,
                   struct descriptor **result);

/* Accept one connection.  Return 0; -EAGAIN when none waits, or who did
   has given up; or another negative errno, and then the listener pauses.
   When descriptors or memory are out, who waits stays in the backlog.  */
int listener_accept (struct descriptor *listener, struct stream **result);

/* The address LISTENER is bound to.  Return 0 or a negative errno.  */
int listener_address (const struct descriptor *listener,
                      struct sockaddr_storage *address);

#endif /* IM_LISTENER_H */
