/* history-log.c -- a history, as a file

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "history-log.h"
#include "bytes.h"

#include <stdlib.h>

void
log_event (FILE *log, enum event event, int connection,
           const char *bytes, size_t size)
{
  fprintf (log, "%c %d %zu\n", event, connection, size);
  if (size > 0)
    fwrite (bytes, 1, size, log);
  putc ('\n', log);
}

int
log_read (FILE *log, struct history *history)
{
  char *bytes = NULL;
  char event;
  int connection, fields;
  size_t size;

  while ((fields = fscanf (log, "%c %d %zu", &event, &connection, &size)) == 3
         && getc (log) == '\n')
    {
      bytes = must_allocate (bytes, size);
      if (fread (bytes, 1, size, log) != size || getc (log) != '\n')
        break;
      history_event (history, event, connection, bytes, size);
    }
  free (bytes);
  return fields == EOF && !ferror (log) ? 0 : -1;
}
