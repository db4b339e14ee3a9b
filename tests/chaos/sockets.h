/* sockets.h -- sockets of this computer, that never wait

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef CHAOS_SOCKETS_H
#define CHAOS_SOCKETS_H

/* What can't go wrong, unless the system is out of something, ends the
   process.  */
int loopback_listen (int *port);
int loopback_connect (int port);
int loopback_accept (int listener);     /* -1 if nobody is there */
void close_with_reset (int fd);

/* Seconds since some time.  */
double seconds_now (void);

#endif /* CHAOS_SOCKETS_H */
