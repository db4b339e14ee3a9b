/* readline.c -- glue to GNU readline, a module of its own

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: GPL-3.0-or-later

   Guile's readline module waits for a key in C.  We put ourselves between
   readline and its getc: while no key is there, a Scheme procedure runs
   the reactor.  This is the one place where C calls Scheme; no Scheme exit
   crosses readline's frames: what is thrown ends the line and is thrown
   again when Guile is back in Scheme.

   (rl_event_hook would do too, but readline then reads its input byte by
   byte with a pause before each.)  */

#include <libguile.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <readline/readline.h>

static rl_getc_func_t *saved_getc;
static SCM wait_procedure = SCM_BOOL_F;         /* (descriptor) -> () */
static SCM throw_procedure = SCM_BOOL_F;        /* (key arguments) -> thunk */
static SCM thrown = SCM_BOOL_F;                 /* thunk that throws again */

void scm_im_readline_init (void);

static bool
key_waits (FILE *input)
{
  struct pollfd poll_fd = { .fd = fileno (input), .events = POLLIN };

  return poll (&poll_fd, 1, 0) > 0;
}

static SCM
call_wait (void *input)
{
  scm_call_1 (wait_procedure, scm_from_int (fileno (input)));
  return SCM_BOOL_T;
}

static SCM
note_throw (void *data, SCM key, SCM arguments)
{
  (void) data;
  thrown = scm_call_2 (throw_procedure, key, arguments);
  return SCM_BOOL_F;
}

/* End the line, so that readline returns; then Guile, back in Scheme, runs
   what we mark here.  */
static int
end_line (void)
{
  scm_system_async_mark (thrown);
  rl_replace_line ("", 0);
  rl_done = 1;
  return '\n';
}

static int
getc_with_reactor (FILE *input)
{
  while (scm_is_true (wait_procedure) && !key_waits (input))
    {
      rl_check_signals ();      /* the window may have another size */
      if (scm_is_false (scm_internal_catch (SCM_BOOL_T, call_wait, input,
                                            note_throw, NULL)))
        return end_line ();
    }
  return saved_getc (input);
}

static SCM
scm_im_hook_readline (SCM wait, SCM make_throw)
{
  if (scm_is_false (wait_procedure))
    {
      saved_getc = rl_getc_function;
      rl_getc_function = getc_with_reactor;
      /* A Scheme quote isn't one that has to be closed.  */
      rl_basic_quote_characters = "\"";
    }
  wait_procedure = scm_gc_protect_object (wait);
  throw_procedure = scm_gc_protect_object (make_throw);
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_clear_line (void)
{
  rl_clear_visible_line ();
  fflush (rl_outstream);
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_draw_line (void)
{
  rl_on_new_line ();
  rl_redisplay ();
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_line_before_cursor (void)
{
  return scm_from_locale_stringn (rl_line_buffer, rl_point);
}

void
scm_im_readline_init (void)
{
  scm_c_define_gsubr ("%hook-readline", 2, 0, 0, scm_im_hook_readline);
  scm_c_define_gsubr ("%clear-line", 0, 0, 0, scm_im_clear_line);
  scm_c_define_gsubr ("%draw-line", 0, 0, 0, scm_im_draw_line);
  scm_c_define_gsubr ("%line-before-cursor", 0, 0, 0,
                      scm_im_line_before_cursor);
  scm_c_export ("%hook-readline", "%clear-line", "%draw-line",
                "%line-before-cursor", NULL);
}
