/* repl-port.c -- a port over the descriptor the REPL reads from

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Like the port it replaces, but where that one would block it says so:
   Guile then calls (im repl)'s waiter, in Scheme, which runs the reactor.
   The descriptor stays as it is: making a terminal non-blocking would do
   that to every program which shares it.  */

#define _XOPEN_SOURCE 700       /* wcwidth */

#include "scm-reactor.h"

#include "buffer.h"
#include "error.h"
#include "primitive.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

struct repl_input
{
  int fd;
  struct buffer pending;        /* what the replaced port had read */
};

static scm_t_port_type *repl_port_type;

static bool
readable (int fd)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

  return poll (&poll_fd, 1, 0) > 0;
}

static size_t
read_repl (SCM port, SCM destination, size_t start, size_t count)
{
  struct repl_input *input = (struct repl_input *) SCM_STREAM (port);
  uint8_t *bytes = (uint8_t *) SCM_BYTEVECTOR_CONTENTS (destination) + start;
  size_t pending = buffer_size (&input->pending);

  if (pending > 0)
    {
      if (count > pending)
        count = pending;
      memcpy (bytes, buffer_bytes (&input->pending), count);
      buffer_consume (&input->pending, count);
      return count;
    }
  if (!readable (input->fd))
    return (size_t) -1;
  ssize_t got = read (input->fd, bytes, count);
  if (got >= 0)
    return got;
  if (errno == EINTR || errno == EAGAIN)
    return (size_t) -1;
  /* A terminal that is gone (EIO after SIGHUP) is at its end.  */
  return 0;
}

static int
input_waiting (SCM port)
{
  struct repl_input *input = (struct repl_input *) SCM_STREAM (port);

  return buffer_size (&input->pending) > 0 || readable (input->fd);
}

static int
wait_descriptor (SCM port)
{
  return ((struct repl_input *) SCM_STREAM (port))->fd;
}

static void
close_repl (SCM port)
{
  struct repl_input *input = (struct repl_input *) SCM_STREAM (port);

  if (input == NULL)
    return;
  buffer_free (&input->pending);
  free (input);
  SCM_SETSTREAM (port, NULL);
}

void
scm_repl_port_init (void)
{
  scm_t_port_type *type = scm_make_port_type ("repl port", read_repl, NULL);

  scm_set_port_input_waiting (type, input_waiting);
  scm_set_port_read_wait_fd (type, wait_descriptor);
  scm_set_port_close (type, close_repl);
  repl_port_type = type;
}

static SCM
scm_im_make_repl_port (SCM scm_fd, SCM pending, SCM encoding)
{
  struct repl_input *input = calloc (1, sizeof *input);

  if (input == NULL
      || buffer_append (&input->pending, SCM_BYTEVECTOR_CONTENTS (pending),
                        SCM_BYTEVECTOR_LENGTH (pending)) < 0)
    {
      free (input);
      error_system ("live-prompt!", -ENOMEM);
    }
  input->fd = scm_to_int (scm_fd);
  return scm_c_make_port_with_encoding
    (repl_port_type, SCM_OPN | SCM_RDNG, encoding,
     scm_from_utf8_symbol ("substitute"), (scm_t_bits) input);
}

static SCM
scm_im_repl_port_p (SCM object)
{
  return scm_from_bool (SCM_PORTP (object)
                        && SCM_PORT_TYPE (object) == repl_port_type);
}

static SCM
scm_im_repl_port_descriptor (SCM port)
{
  if (scm_is_false (scm_im_repl_port_p (port)) || !SCM_OPPORTP (port))
    error_wrong_type ("read", 1, port, "the prompt's port");
  return scm_from_int (wait_descriptor (port));
}

static SCM
scm_im_terminal_size (SCM fd)
{
  struct winsize size;

  if (ioctl (scm_to_int (fd), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
    return scm_cons (scm_from_int (24), scm_from_int (80));
  return scm_cons (scm_from_int (size.ws_row), scm_from_int (size.ws_col));
}

static SCM
scm_im_character_columns (SCM character)
{
  int width = wcwidth (scm_to_uint32 (scm_char_to_integer (character)));

  return scm_from_int (width < 0 ? 1 : width);
}

const struct primitive repl_port_primitives[] = {
  { "%make-repl-port", 3, 0, scm_im_make_repl_port,
    "Return an input port that gives the bytevector PENDING and then what\n"
    "descriptor FD has, and that never blocks in C." },
  { "%repl-port?", 1, 0, scm_im_repl_port_p,
    "Return #t if OBJECT was made by %make-repl-port." },
  { "%repl-port-descriptor", 1, 0, scm_im_repl_port_descriptor,
    "Return the number of the descriptor that PORT reads from." },
  { "%terminal-size", 1, 0, scm_im_terminal_size,
    "Return (ROWS . COLUMNS) of the terminal at descriptor FD; (24 . 80) if\n"
    "it isn't one." },
  { "%character-columns", 1, 0, scm_im_character_columns,
    "Return how many columns CHARACTER takes on a terminal." },
  { NULL, 0, 0, NULL, NULL }
};
