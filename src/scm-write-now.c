/* scm-write-now.c -- writing to a descriptor that may not be waited for

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A log must never make a server wait, whoever reads it, or doesn't.  */

#include "primitive.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* Where there is room for anything, a pipe takes so many bytes at once.  */
#define PIECE_BYTES _POSIX_PIPE_BUF

/* Return how many of the SIZE bytes FD has taken, without waiting for it;
   or a negative errno.  */
static ssize_t
write_now (int fd, const void *bytes, size_t size)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
  ssize_t written;

  if (poll (&poll_fd, 1, 0) <= 0)
    return -EAGAIN;
  if (poll_fd.revents & (POLLERR | POLLHUP))
    return -EPIPE;              /* a write would raise SIGPIPE */
  do
    written = write (fd, bytes, size < PIECE_BYTES ? size : PIECE_BYTES);
  while (written < 0 && errno == EINTR);
  return written < 0 ? -errno : written;
}

static SCM
scm_im_write_now (SCM fd, SCM bytes, SCM start)
{
  size_t from = scm_to_unsigned_integer (start, 0,
                                         SCM_BYTEVECTOR_LENGTH (bytes));

  return scm_from_ssize_t (write_now (scm_to_int (fd),
                                      SCM_BYTEVECTOR_CONTENTS (bytes) + from,
                                      SCM_BYTEVECTOR_LENGTH (bytes) - from));
}

const struct primitive write_now_primitives[] = {
  { "%write-now", 3, 0, scm_im_write_now,
    "Return how many bytes of the bytevector BYTES, from START on, descriptor\n"
    "FD has taken, in one write and without waiting for it; or a negative\n"
    "errno." },
  { NULL, 0, 0, NULL, NULL }
};
