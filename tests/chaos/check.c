/* check.c -- whether the histories in some logs may be

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Usage: chaos-check LOG...  Exit with 0 iff all of them may.  */

#include "history-log.h"

static int
check (const char *name)
{
  FILE *log = fopen (name, "r");
  struct history *history;
  int problems;

  if (log == NULL)
    {
      perror (name);
      return 1;
    }
  history = history_new (stdout);
  if (log_read (log, history) < 0)
    {
      printf ("%s is cut off\n", name);
      problems = 1;
    }
  else
    {
      problems = history_finish (history);
      history_describe (history, stdout);
    }
  history_free (history);
  fclose (log);
  return problems;
}

int
main (int argc, char **argv)
{
  int problems = 0;

  for (int i = 1; i < argc; i++)
    problems += check (argv[i]);
  return argc < 2 || problems > 0;
}
