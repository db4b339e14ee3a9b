/* error.h -- the one place that raises

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   WHO names the procedure as its user knows it.  None of these returns.  */

#ifndef IM_ERROR_H
#define IM_ERROR_H

#include <libguile.h>

/* Key `system-error', for STATUS, a negative errno.  */
SCM_NORETURN void error_system (const char *who, int status);

/* Key `wrong-type-arg': BAD, argument POSITION, is not EXPECTED.  */
SCM_NORETURN void error_wrong_type (const char *who, int position, SCM bad,
                                    const char *expected);

/* Key `misc-error': there is something to send after the end.  */
SCM_NORETURN void error_output_finished (const char *who);

/* Key `misc-error': called from a thread that isn't the reactor's.  */
SCM_NORETURN void error_wrong_thread (const char *who);

/* Key `misc-error': called in a process that was forked from the
   reactor's.  */
SCM_NORETURN void error_wrong_process (const char *who);

/* Key `bad-datum', with the name of what is wrong.  */
SCM_NORETURN void error_bad_datum_named (const char *name);

#endif /* IM_ERROR_H */
