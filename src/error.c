/* error.c -- the one place that raises

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The core says what went wrong by a number; here it becomes a Scheme
   exception with a sentence.  */

#include "error.h"

#include "datum.h"

#include <string.h>

void
error_system (const char *who, int status)
{
  scm_error (scm_from_utf8_symbol ("system-error"), who, "~A",
             scm_list_1 (scm_from_locale_string (strerror (-status))),
             scm_list_1 (scm_from_int (-status)));
}

void
error_wrong_type (const char *who, int position, SCM bad,
                  const char *expected)
{
  scm_error (scm_from_utf8_symbol ("wrong-type-arg"), who,
             "Argument ~A should be ~A, but is: ~S",
             scm_list_3 (scm_from_int (position),
                         scm_from_utf8_string (expected), bad),
             scm_list_1 (bad));
}

void
error_output_finished (const char *who)
{
  scm_error (scm_from_utf8_symbol ("misc-error"), who,
             "Nothing more can be sent: the output of this socket was "
             "finished",
             SCM_EOL, SCM_BOOL_F);
}

void
error_wrong_thread (const char *who)
{
  scm_error (scm_from_utf8_symbol ("misc-error"), who,
             "Sockets belong to the thread that first used them; "
             "call this from there",
             SCM_EOL, SCM_BOOL_F);
}

void
error_wrong_process (const char *who)
{
  scm_error (scm_from_utf8_symbol ("misc-error"), who,
             "After primitive-fork a child can't use its parent's sockets; "
             "start a program of its own with `system' or `open-pipe', or "
             "fork before (im socket) is loaded",
             SCM_EOL, SCM_BOOL_F);
}

void
error_bad_datum_named (const char *name)
{
  scm_throw (scm_from_utf8_symbol ("bad-datum"),
             scm_list_1 (scm_from_utf8_symbol (name)));
}

void
error_bad_datum (enum datum_status status)
{
  error_bad_datum_named (datum_status_name (status));
}
