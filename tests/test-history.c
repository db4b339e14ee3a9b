/* test-history.c -- the judge of histories lets no wrong one pass

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "chaos/history.h"
#include "chaos/history-log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A line each: a digit, the connection; a letter, the event; bytes.  */
#define IN(n, text) n "U" text "\n"
#define OUT(n, text) n "D" text "\n"
#define COME(n, name) \
  n "O\n" IN (n, "(" name " server hello ())") \
  OUT (n, "(server " name " welcome ())") \
  IN (n, "(" name " server thanks ())") \
  OUT (n, "(server " name " client-list (" name "))")
#define LEAVE(n, name) n "F\n" OUT (n, "(server " name " goodbye ())") n "E\n"
#define RESET(n) n "R\n"
#define SAY(n, from, to, text) \
  IN (n, "(" from " " to " send-msg \"" text "\")")
#define HEAR(n, from, to, text) \
  OUT (n, "(" from " " to " receive-msg \"" text "\")")
#define TOLD(n, name, text) \
  OUT (n, "(server " name " receive-msg \"" text "\")")
#define NO_BOB TOLD ("1", "ann", "User not found: bob")
#define BOTH COME ("1", "ann") COME ("2", "bob")
#define END LEAVE ("1", "ann") LEAVE ("2", "bob")
#define ANN(text) SAY ("1", "ann", "bob", text)
#define BOB(text) HEAR ("2", "ann", "bob", text)
#define BOB_AGAIN(text) HEAR ("3", "ann", "bob", text)
#define HERSELF(text) SAY ("1", "ann", "ann", text) \
  HEAR ("1", "ann", "ann", text)

static const struct row
{
  const char *claim;
  const char *history;
  const char *problem;          /* words of it, or NULL if there is none */
} rows[] = {
  /* --- What may be.  */
  { "delivered", BOTH ANN ("1 a") BOB ("1 a") ANN ("2 b") BOB ("2 b") END,
    NULL },
  { "in pieces, with parentheses and quotes inside",
    BOTH IN ("1", "(ann bob send-msg \"1 (\\\"") IN ("1", "\\\\)\")")
    OUT ("2", "(ann bob rec") OUT ("2", "eive-msg \"1 (\\\"\\\\)\")") END,
    NULL },
  { "numbers may be left out, as those a cut has kept back",
    BOTH ANN ("1 a") ANN ("7 b") BOB ("1 a") BOB ("7 b") END, NULL },
  { "half a request isn't obeyed",
    BOTH IN ("1", "(ann bob send-msg \"1 a\"") END, NULL },
  { "the sender is told",
    COME ("1", "ann") ANN ("1 a") NO_BOB LEAVE ("1", "ann"), NULL },
  { "the sender is told otherwise",
    COME ("1", "ann") ANN ("1 a") TOLD ("1", "ann", "Not delivered to bob")
    LEAVE ("1", "ann"), NULL },
  { "the receiver comes back",
    BOTH ANN ("1 a") BOB ("1 a") LEAVE ("2", "bob") ANN ("2 b") NO_BOB
    COME ("3", "bob") ANN ("3 c") BOB_AGAIN ("3 c") LEAVE ("1", "ann")
    LEAVE ("3", "bob"), NULL },
  { "a reset of the receiver loses the end",
    BOTH ANN ("1 a") BOB ("1 a") ANN ("2 b") ANN ("3 c") RESET ("2")
    COME ("3", "bob") ANN ("4 d") BOB_AGAIN ("4 d") LEAVE ("1", "ann")
    LEAVE ("3", "bob"), NULL },
  { "a reset of the receiver loses half a request",
    BOTH ANN ("1 a") OUT ("2", "(ann bob recei") RESET ("2")
    LEAVE ("1", "ann"), NULL },
  { "a reset of the sender loses what wasn't read",
    BOTH ANN ("1 a") ANN ("2 b") BOB ("1 a") RESET ("1") COME ("3", "ann")
    SAY ("3", "ann", "bob", "3 c") BOB ("3 c") LEAVE ("3", "ann")
    LEAVE ("2", "bob"), NULL },
  { "a reset of the sender loses the notice",
    COME ("1", "ann") ANN ("1 a") RESET ("1"), NULL },
  { "who wants a name that is taken is hung up on",
    COME ("1", "ann") "2O\n" IN ("2", "(ann server hello ())")
    OUT ("2", "(server ann sorry ())") "2E\n" LEAVE ("1", "ann"), NULL },
  { "who logs out is hung up on",
    COME ("1", "ann") IN ("1", "(ann server logout ())")
    OUT ("1", "(server ann goodbye ())") "1E\n", NULL },

  /* --- Lost.  */
  { "lost", BOTH ANN ("1 a") END, "1 messages to bob lost, and the sender "
    "was told of 0" },
  { "the last is lost", BOTH ANN ("1 a") BOB ("1 a") ANN ("2 b") END,
    "lost, and the sender" },
  { "lost amid others", BOTH ANN ("1 a") ANN ("2 b") ANN ("3 c") BOB ("1 a")
    BOB ("3 c") END, "message 2 from ann to bob: lost amid others" },
  { "lost amid others, on a connection that is reset later",
    BOTH ANN ("1 a") ANN ("2 b") ANN ("3 c") BOB ("1 a") BOB ("3 c")
    RESET ("1") RESET ("2"), "message 2 from ann to bob: lost amid others" },
  { "an orderly end loses nothing",
    BOTH ANN ("1 a") LEAVE ("2", "bob") COME ("3", "bob") ANN ("2 b")
    BOB_AGAIN ("2 b") LEAVE ("1", "ann") LEAVE ("3", "bob"),
    "lost, and the sender" },
  { "what came in before an orderly end is obeyed",
    COME ("2", "bob") COME ("1", "ann") ANN ("1 a") END,
    "lost, and the sender" },
  { "the first on the connection after a reset is lost",
    BOTH ANN ("1 a") BOB ("1 a") RESET ("2") COME ("3", "bob") ANN ("2 b")
    BOB_AGAIN ("2 b") ANN ("3 c") ANN ("4 d") BOB_AGAIN ("4 d")
    LEAVE ("1", "ann") LEAVE ("3", "bob"), "lost amid others" },
  { "a reset before anything came out excuses nothing later",
    BOTH RESET ("2") COME ("3", "bob") ANN ("1 a") BOB_AGAIN ("1 a")
    ANN ("2 b") LEAVE ("1", "ann") LEAVE ("3", "bob"),
    "lost, and the sender" },
  { "the sender's reset excuses nothing it has heard the end of",
    COME ("1", "ann") ANN ("1 a") HERSELF ("1 x") RESET ("1"),
    "lost, and the sender" },
  { "one of two notices is missing",
    COME ("1", "ann") ANN ("1 a") ANN ("2 b") NO_BOB LEAVE ("1", "ann"),
    "2 messages to bob lost, and the sender was told of 1" },
  { "a notice about another time",
    COME ("1", "ann") ANN ("1 a") HERSELF ("1 x") ANN ("2 b") NO_BOB NO_BOB
    LEAVE ("1", "ann"), "lost, and the sender was told of 0" },
  { "a notice about another receiver",
    COME ("1", "ann") ANN ("1 a") TOLD ("1", "ann", "User not found: eve")
    LEAVE ("1", "ann"), "lost, and the sender was told of 0" },
  { "told, and delivered", BOTH ANN ("1 a") BOB ("1 a") NO_BOB END,
    "told that 1 messages to bob were lost, but 0 were" },

  /* --- Doubled, out of order.  */
  { "doubled", BOTH ANN ("1 a") BOB ("1 a") BOB ("1 a") END, "doubled" },
  { "doubled on the next connection",
    BOTH ANN ("1 a") BOB ("1 a") RESET ("2") COME ("3", "bob")
    BOB_AGAIN ("1 a") LEAVE ("1", "ann") LEAVE ("3", "bob"), "doubled" },
  { "out of order", BOTH ANN ("1 a") ANN ("2 b") BOB ("2 b") BOB ("1 a") END,
    "message 1 from ann to bob: out of order" },
  { "out of order over two connections",
    BOTH ANN ("1 a") ANN ("2 b") BOB ("2 b") RESET ("2") COME ("3", "bob")
    BOB_AGAIN ("1 a") LEAVE ("1", "ann") LEAVE ("3", "bob"),
    "out of order" },

  /* --- To the wrong client.  */
  { "another's request", BOTH COME ("3", "eve") ANN ("1 a")
    HEAR ("3", "ann", "bob", "1 a") END LEAVE ("3", "eve"),
    "of eve: bytes for the wrong client, bob" },
  { "readdressed", BOTH COME ("3", "eve") ANN ("1 a")
    HEAR ("3", "ann", "eve", "1 a") END LEAVE ("3", "eve"), "invented" },
  { "from somebody else", BOTH ANN ("1 a")
    HEAR ("2", "eve", "bob", "1 a") END, "invented" },
  { "another's list", BOTH OUT ("2", "(server ann client-list (ann))") END,
    "wrong client" },
  { "before it came in", BOTH BOB ("1 a") ANN ("1 a") END, "invented" },
  { "to somebody who isn't enrolled yet",
    COME ("1", "ann") "2O\n" IN ("2", "(bob server hello ())") ANN ("1 a")
    BOB ("1 a") END, "too early" },

  /* --- Invented, changed, cut.  */
  { "invented", BOTH BOB ("1 a") END, "invented" },
  { "changed", BOTH ANN ("1 a") BOB ("1 b") END, "changed" },
  { "without its end", BOTH ANN ("1 abc") BOB ("1 ab") END, "changed" },
  { "what came in without its end",
    BOTH IN ("1", "(ann bob send-msg \"1 ab") BOB ("1 ab") END, "invented" },
  { "half of one, then the next",
    BOTH ANN ("1 a") ANN ("2 b") OUT ("2", "(ann bob receive-msg \"1")
    BOB ("2 b") END, "PROBLEM" },
  { "half of one at an orderly end",
    BOTH ANN ("1 a") OUT ("2", "(ann bob recei") END, "half a request" },
  { "stray bytes", BOTH OUT ("2", "oops") END, "no request came out of" },
  { "an action nobody knows", BOTH OUT ("2", "(server bob panic ())") END,
    "the server said panic" },
  { "bad news of another kind",
    BOTH TOLD ("1", "ann", "Unrecognized action: x") END, "the server said" },

  /* --- Connections.  */
  { "hung up on", COME ("1", "ann") "1E\n", "the server hung up" },
  { "told to go without having asked",
    COME ("1", "ann") OUT ("1", "(server ann goodbye ())") "1F\n1E\n",
    "the server said goodbye" },
  { "broken by the server", COME ("1", "ann") "1B\n", "the server broke it" },
  { "never ended", COME ("1", "ann"), "still open" },
  { "more after the end", COME ("1", "ann") LEAVE ("1", "ann")
    OUT ("1", "(server ann client-list ())"), "over" },
};

static void
tell (struct history *history, const char *lines)
{
  while (*lines != '\0')
    {
      const char *end = strchr (lines, '\n');

      history_event (history, lines[1], lines[0] - '0', lines + 2,
                     end - lines - 2);
      lines = end + 1;
    }
}

static void
each_history_is_judged_rightly (void **state)
{
  (void) state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    {
      char *said = NULL;
      size_t size;
      FILE *report = open_memstream (&said, &size);
      struct history *history = history_new (report);
      int problems;

      tell (history, rows[i].history);
      problems = history_finish (history);
      fclose (report);
      if (rows[i].problem == NULL ? problems != 0
          : problems == 0 || strstr (said, rows[i].problem) == NULL)
        fail_msg ("%s: %d problems\n%s", rows[i].claim, problems, said);
      history_free (history);
      free (said);
    }
}

/* One byte at a time is the same history.  */
static void
pieces_make_no_difference (void **state)
{
  (void) state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    {
      struct history *history = history_new (NULL);
      const char *line = rows[i].history;

      for (; *line != '\0'; line = strchr (line, '\n') + 1)
        if (line[2] == '\n')
          history_event (history, line[1], line[0] - '0', NULL, 0);
        else
          for (const char *byte = line + 2; *byte != '\n'; byte++)
            history_event (history, line[1], line[0] - '0', byte, 1);
      if ((history_finish (history) == 0) != (rows[i].problem == NULL))
        fail_msg ("%s: another verdict when in pieces", rows[i].claim);
      history_free (history);
    }
}

static void
a_log_that_is_cut_off_is_refused (void **state)
{
  static const struct { const char *text; int result; } logs[] = {
    { "", 0 }, { "O 1 0\n\n", 0 }, { "O 1 0\n\nU 1 3\n(a \n", 0 },
    { "O 1 0\n", -1 }, { "O 1 0\n\nU 1 3\n(a", -1 }, { "O 1 0\n\nU 1", -1 },
  };

  (void) state;
  for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++)
    {
      struct history *history = history_new (NULL);
      FILE *log = tmpfile ();

      fputs (logs[i].text, log);
      rewind (log);
      assert_int_equal (log_read (log, history), logs[i].result);
      fclose (log);
      history_free (history);
    }
}

static void
a_log_reads_back (void **state)
{
  struct history *history = history_new (NULL);
  FILE *log = tmpfile ();

  (void) state;
  log_event (log, EVENT_OPEN, 3, NULL, 0);
  log_event (log, EVENT_IN, 3, "\n(ann server ", 13);
  log_event (log, EVENT_IN, 3, "hello ())", 9);
  log_event (log, EVENT_RESET, 3, NULL, 0);
  rewind (log);
  assert_int_equal (log_read (log, history), 0);
  assert_int_equal (history_finish (history), 0);
  fclose (log);
  history_free (history);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (each_history_is_judged_rightly),
    cmocka_unit_test (pieces_make_no_difference),
    cmocka_unit_test (a_log_that_is_cut_off_is_refused),
    cmocka_unit_test (a_log_reads_back),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
