/* history-log.h -- a history, as a file

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   An event is a line: its letter, its connection's number, how many bytes;
   then these bytes and a newline.  */

#ifndef CHAOS_HISTORY_LOG_H
#define CHAOS_HISTORY_LOG_H

#include "history.h"

void log_event (FILE *log, enum event event, int connection,
                const char *bytes, size_t size);

/* Return 0, or -1 if LOG is no such file.  */
int log_read (FILE *log, struct history *history);

#endif /* CHAOS_HISTORY_LOG_H */
