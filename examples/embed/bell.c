/* bell.c -- a school bell: a C program whose own loop serves Guile-IM

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Usage: bell [PORT [ADDRESS]]

   People enroll and talk to each other; every line that the bell reads
   from its standard input is told to all of them.  */

#include <guile-im.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Serve whoever talks, until there is something to read from FD.  */
static void
serve_until_readable (int fd)
{
  SCM step = scm_c_public_ref ("im reactor", "reactor-step");
  struct pollfd input = { .fd = fd, .events = POLLIN };

  while (poll (&input, 1, 0) == 0)
    scm_call_2 (step, scm_from_utf8_keyword ("descriptor"),
                scm_from_int (fd));
}

static bool
start_server (int port, const char *address)
{
  scm_c_eval_string ("(load-from-path \"im-server\")");
  SCM result
    = scm_call_4 (scm_c_eval_string ("im-server-start"),
                  scm_from_utf8_keyword ("port"), scm_from_int (port),
                  scm_from_utf8_keyword ("address"),
                  address == NULL ? SCM_BOOL_F
                                  : scm_from_locale_string (address));
  scm_force_output (scm_current_output_port ());
  return scm_is_true (result);
}

static void *
ring (void *arguments)
{
  char **argument = arguments;
  int port = argument[1] == NULL ? 0 : atoi (argument[1]);
  const char *address = argument[1] == NULL ? NULL : argument[2];
  char line[500];

  guile_im_init ();
  if (!start_server (port, address))
    return NULL;
  SCM announce = scm_c_eval_string
    ("(lambda (line)"
     "  (server-broadcast 'receive-msg (string-trim-right line)))");
  setvbuf (stdin, NULL, _IONBF, 0);     /* poll sees what fgets has left */
  serve_until_readable (0);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      scm_call_1 (announce, scm_from_locale_string (line));
      serve_until_readable (0);
    }
  scm_c_eval_string ("(im-server-close)");
  return argument;
}

int
main (int argc, char **argv)
{
  (void) argc;
  /* NULL also when a Scheme exception, printed by then, has ended it.  */
  return scm_with_guile (ring, argv) == NULL;
}
