/* test-frame.c -- the framer finds the end of a datum, however it is cut

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"
#include "../src/limits.h"

#define LIMIT IM_SERVER_REQUEST_BYTES

struct outcome
{
  enum frame_status status;
  size_t start, end;
};

static struct outcome
outcome (const struct frame *frame, enum frame_status status)
{
  struct outcome result = { status, frame_start (frame), 0 };

  if (status == FRAME_COMPLETE)
    result.end = frame_end (frame);
  return result;
}

/* Show the first SIZE bytes, from a block that ends behind them and is
   gone afterwards: a sanitizer sees who looks further.  */
static enum frame_status
show (struct frame *frame, const void *bytes, size_t size, size_t limit)
{
  uint8_t *copy = malloc (size + !size);

  assert_non_null (copy);
  memcpy (copy, bytes, size);
  enum frame_status status = frame_scan (frame, copy, size, limit);
  free (copy);
  return status;
}

static struct outcome
scan_whole (const void *bytes, size_t size, size_t limit)
{
  struct frame frame = { 0 };
  enum frame_status status = show (&frame, bytes, size, limit);

  return outcome (&frame, status);
}

static void
assert_same (struct outcome expected, struct outcome found)
{
  assert_int_equal (expected.status, found.status);
  if (expected.status == FRAME_COMPLETE)
    {
      assert_int_equal (expected.start, found.start);
      assert_int_equal (expected.end, found.end);
    }
}

/* Scan the bytes whole, in two pieces cut anywhere, byte by byte, and byte
   by byte with the white space dropped: the same must come out.  */
static struct outcome
scan (const void *bytes, size_t size, size_t limit)
{
  struct outcome whole = scan_whole (bytes, size, limit);
  struct frame single = { 0 }, dropping = { 0 };
  enum frame_status status;
  size_t dropped = 0;

  for (size_t cut = 0; cut <= size; cut++)
    {
      struct frame frame = { 0 };

      show (&frame, bytes, cut, limit);
      status = show (&frame, bytes, size, limit);
      assert_same (whole, outcome (&frame, status));

      status = show (&single, bytes, cut, limit);
      if (cut == size)
        assert_same (whole, outcome (&single, status));

      status = show (&dropping, (const char *) bytes + dropped,
                     cut - dropped, limit);
      if (status == FRAME_INCOMPLETE)
        dropped += frame_drop_space (&dropping);
    }
  struct outcome rest = outcome (&dropping, status);
  rest.start += dropped;
  rest.end += dropped;
  assert_same (whole, rest);
  return whole;
}

static struct outcome
scan_text (const char *text, size_t limit)
{
  return scan (text, strlen (text), limit);
}

/* A text of COUNT times PART with BEFORE and AFTER around.  */
static char *
repeat (const char *before, const char *part, size_t count,
        const char *after)
{
  size_t size = strlen (part);
  char *text = malloc (strlen (before) + size * count + strlen (after) + 1);
  char *to = text;

  assert_non_null (text);
  to = stpcpy (to, before);
  for (; count > 0; count--, to += size)
    memcpy (to, part, size);
  strcpy (to, after);
  return text;
}

/* --- What is framed --------------------------------------------------- */

static const struct
{
  const char *space, *datum, *rest;
}
framed[] =
{
  { "", "(alice bob send-msg \"hello\")", "" },
  { "", "(a)", "(b)" },
  { " \t\n\r\f\v", "(a)", " " },
  { "", "()", "" },
  { "", "((()()) ())", "x" },
  { "", "\"a\"", "b" },
  { "", "\"a)b\\\"c\\\\\"", "\"" },
  { "", "(\"(\" |)| #\\) #\\( #\\\" #\\|)", "z" },
  { "", "(|a\\|(\\\\| b)", " " },
  { "", "|a b|", ")" },
  { "", "|a b|", "\"" },
  { "", "||", " " },
  { "", "alice", " bob" },
  { "", "alice", "(" },
  { "", "alice", "\"" },
  { "", "3.5", ")" },
  { "", "-1e10", " " },
  { "", "#t", " " },
  { "", "#f", "(" },
  { "", "#\\a", " " },
  { "", "#\\(", " " },
  { "", "#\\(", "(" },
  { "", "#\\ ", " " },
  { "", "#\\space", ")" },
  { "", "#\\\xc3\xa9", " " },
  { "", "#(1 #(2) 3)", "4" },
  { "", "'a", " " },
  { "", "'(a)", "b" },
  { "", "''(a 'b)", "c" },
  { "", "' a", " " },
  { "", "'\"x\"", "y" },
  { "", "('a 'b)", "c" },
  { "", "(a '(b 'c) d)", "e" },
  { "", "#('a)", "b" },
  { "", "(a . b)", " " },
  { "", "(... .5 -.5 +a -a .a - + 1+ c# x: y@z)", "" },
  { "", "\xc3\xa9t\xc3\xa9", " " },
  { "", "\"\x80\xff\xc0\"", "" },     /* for the reader to refuse */
  { "", "(\"a\"\"b\"'c\"d\")", "" }
};

static void
a_datum_ends_where_it_ends (void **state)
{
  for (size_t i = 0; i < sizeof framed / sizeof framed[0]; i++)
    {
      char text[100], *to = stpcpy (text, framed[i].space);
      stpcpy (stpcpy (to, framed[i].datum), framed[i].rest);
      struct outcome found = scan_text (text, LIMIT);

      assert_int_equal (found.status, FRAME_COMPLETE);
      assert_int_equal (found.start, strlen (framed[i].space));
      assert_int_equal (found.end - found.start, strlen (framed[i].datum));
    }
  (void) state;
}

static void
every_proper_beginning_of_a_datum_is_incomplete (void **state)
{
  static const char *const texts[] =
  {
    "(a #(1 -.5e3) |b\\|c| \"d\\\"e\" #\\) #t 'f . g)",
    "\"h\\\\i\"", "'#(|a|)", "''()", "#()"
  };

  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    for (size_t size = 0; size <= strlen (texts[i]); size++)
      assert_int_equal (scan (texts[i], size, LIMIT).status,
                        size < strlen (texts[i])
                        ? FRAME_INCOMPLETE : FRAME_COMPLETE);
  (void) state;
}

static void
data_that_touch_are_taken_apart (void **state)
{
  const char *text = "(a)(b)\"c\"d\"e\"#t \n'e #\\( |f|(g)";
  static const char *const parts[] =
  {
    "(a)", "(b)", "\"c\"", "d", "\"e\"", "#t", "'e", "#\\(", "|f|", "(g)"
  };
  struct frame frame = { 0 };

  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    {
      frame_reset (&frame);
      assert_int_equal (show (&frame, text, strlen (text), LIMIT),
                        FRAME_COMPLETE);
      assert_memory_equal (text + frame_start (&frame), parts[i],
                           strlen (parts[i]));
      assert_int_equal (frame_end (&frame) - frame_start (&frame),
                        strlen (parts[i]));
      text += frame_end (&frame);
    }
  assert_int_equal (strlen (text), 0);
  (void) state;
}

static void
a_result_stays_until_reset (void **state)
{
  struct frame frame = { 0 };

  assert_int_equal (show (&frame, "(a)(", 4, LIMIT), FRAME_COMPLETE);
  assert_int_equal (show (&frame, "(a)(b)", 6, LIMIT), FRAME_COMPLETE);
  assert_int_equal (frame_end (&frame), 3);
  frame_reset (&frame);
  assert_int_equal (show (&frame, ")", 1, LIMIT), FRAME_MALFORMED);
  assert_int_equal (show (&frame, ")(b)", 4, LIMIT), FRAME_MALFORMED);
  frame_reset (&frame);
  assert_int_equal (show (&frame, "(b)", 3, LIMIT), FRAME_COMPLETE);
  (void) state;
}

static void
the_end_of_input_ends_only_a_bare_atom (void **state)
{
  static const struct
  {
    const char *text;
    enum frame_status status;
  }
  rows[] =
  {
    { "", FRAME_INCOMPLETE }, { "  ", FRAME_INCOMPLETE },
    { "a", FRAME_COMPLETE }, { " 12", FRAME_COMPLETE },
    { "-", FRAME_COMPLETE }, { "...", FRAME_COMPLETE },
    { "#t", FRAME_COMPLETE }, { "#\\a", FRAME_COMPLETE },
    { "|a|", FRAME_COMPLETE }, { "''a", FRAME_COMPLETE },
    { "\"a\"", FRAME_COMPLETE }, { "(a)", FRAME_COMPLETE },
    { "(a", FRAME_INCOMPLETE }, { "'(a", FRAME_INCOMPLETE },
    { "'", FRAME_INCOMPLETE }, { "#", FRAME_INCOMPLETE },
    { "#\\", FRAME_INCOMPLETE }, { "\"a", FRAME_INCOMPLETE },
    { "\"a\\", FRAME_INCOMPLETE }, { "|a", FRAME_INCOMPLETE },
    { ")", FRAME_MALFORMED }
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    {
      struct frame frame = { 0 };
      size_t size = strlen (rows[i].text);

      show (&frame, rows[i].text, size, LIMIT);
      assert_int_equal (frame_at_end_of_input (&frame), rows[i].status);
      if (rows[i].status == FRAME_COMPLETE)
        assert_int_equal (frame_end (&frame), size);
    }
  (void) state;
}

/* --- What is refused -------------------------------------------------- */

static const struct
{
  const char *text;
  size_t seen;                /* bytes that suffice to refuse it */
}
refused[] =
{
  { ")", 1 }, { " )", 2 }, { "')", 2 },
  { "(a ')", 5 }, { "#.(system \"ls\")", 2 }, { "(#.1)", 3 },
  { "#,(foo)", 2 }, { "#!fold-case", 2 }, { "#!eof", 2 },
  { "#0=(a . #0#)", 2 }, { "#|c|#", 2 }, { "#;a", 2 }, { ";c\n", 1 },
  { "(a ;c\n)", 4 }, { "`a", 1 }, { ",a", 1 }, { ",@a", 1 },
  { "[a]", 1 }, { "(]", 2 }, { "{a}", 1 }, { "(}", 2 },
  { "#[socket]", 2 }, { "#<eof>", 2 }, { "#:key", 2 }, { ":key", 1 },
  { "#2(1)", 2 }, { "#u8(1)", 2 }, { "#vu8(1)", 2 }, { "#x10", 2 },
  { "#e1", 2 }, { "#*01", 2 }, { "#'a", 2 }, { "#`a", 2 },
  { "#{a}#", 2 }, { "#\"a\"", 2 }, { "# a", 2 }, { "##", 2 },
  { "#true", 3 }, { "#f64(1)", 3 }, { "#t'a", 3 }, { "#n", 2 },
  { "#T", 2 }, { "#&a", 2 }, { "\\a", 1 }, { "a\\b", 2 },
  { "a'b", 2 }, { "a|b|", 2 }, { "|a|b", 4 }, { "|a||b|", 4 },
  { "|a|'b", 4 }, { "a;b", 2 }, { "a,b", 2 }, { "a`b", 2 },
  { "a[b", 2 }, { "a{b", 2 }, { "1'", 2 }, { "-'", 2 },
  { "#\\a'", 4 }, { "#\\a;", 4 }, { "#\\ab|", 5 }, { "#\\\n", 3 },
  { "#\\\x7f", 3 }, { "\x01", 1 }, { "a\x1b", 2 }, { "\x7f", 1 }
};

static void
what_is_outside_the_subset_is_refused_at_once (void **state)
{
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
    {
      const char *text = refused[i].text;

      if (scan_text (text, LIMIT).status != FRAME_MALFORMED)
        print_message ("row %zu: %s\n", i, text);
      assert_int_equal (scan_text (text, LIMIT).status, FRAME_MALFORMED);
      assert_int_equal (scan (text, refused[i].seen, LIMIT).status,
                        FRAME_MALFORMED);
      assert_int_equal (scan (text, refused[i].seen - 1, LIMIT).status,
                        FRAME_INCOMPLETE);
    }
  (void) state;
}

static void
nul_is_refused_everywhere (void **state)
{
  static const struct
  {
    const char *bytes;
    size_t size;
  }
  rows[] =
  {
    { "\0", 1 }, { "(\0", 2 }, { "a\0", 2 }, { "1\0", 2 }, { "-\0", 2 },
    { "\"\0", 2 }, { "\"\\\0", 3 }, { "|\0", 2 }, { "|\\\0", 3 },
    { "#\0", 2 }, { "#\\\0", 3 }, { "#t\0", 3 }, { "'\0", 2 }
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    {
      assert_int_equal (scan (rows[i].bytes, rows[i].size, LIMIT).status,
                        FRAME_MALFORMED);
      assert_int_equal (scan (rows[i].bytes, rows[i].size - 1,
                              LIMIT).status, FRAME_INCOMPLETE);
    }
  (void) state;
}

/* --- Limits ----------------------------------------------------------- */

static void
assert_nesting (const char *opening, const char *inside,
                const char *closing, size_t levels,
                enum frame_status status)
{
  char *inner = repeat (inside, closing, levels, "");
  char *text = repeat ("", opening, levels, inner);
  struct outcome found = levels < 1000
    ? scan_text (text, LIMIT)
    : scan_whole (text, strlen (text), SIZE_MAX);

  assert_int_equal (found.status, status);
  free (inner);
  free (text);
}

static void
nesting_of_64_is_accepted_and_65_refused (void **state)
{
  static const size_t levels[] = { 1, 63, 64, 65, 1000000 };

  for (size_t i = 0; i < 5; i++)
    {
      enum frame_status status
        = levels[i] <= 64 ? FRAME_COMPLETE : FRAME_TOO_DEEP;

      assert_nesting ("(", "", ")", levels[i], status);
      assert_nesting ("#(", "", ")", levels[i], status);
      assert_nesting ("(a . ", "b", ")", levels[i], status);
      assert_nesting ("'", "a ", "", levels[i], status);
    }
  assert_nesting ("'(", "a", ")", 32, FRAME_COMPLETE);
  assert_nesting ("'(", "a", ")", 33, FRAME_TOO_DEEP);
  assert_int_equal (scan_text ("('a 'b 'c ('d 'e))", LIMIT).status,
                    FRAME_COMPLETE);
  (void) state;
}

static void
a_finished_quotation_gives_its_level_back (void **state)
{
  char *siblings = repeat ("(", "'a '(b) ''\"c\" ", 100, ")");
  char *deep = repeat ("", "(", 63, "'a 'b '|c| '#t ' ");

  assert_int_equal (scan_text (siblings, LIMIT).status, FRAME_COMPLETE);
  assert_int_equal (scan_text (deep, LIMIT).status, FRAME_INCOMPLETE);
  free (siblings);
  free (deep);
  (void) state;
}

static void
the_33rd_character_of_a_number_is_refused (void **state)
{
  static const char *const starts[] =
  { "1", "-1", "+1", ".1", "-.1", "0x", "1e", "1/" };

  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
    {
      size_t count = IM_NUMBER_CHARACTERS - strlen (starts[i]);
      char *fits = repeat (starts[i], "0", count, " ");
      char *long_one = repeat (starts[i], "0", count, "0");

      assert_int_equal (scan_text (fits, LIMIT).status, FRAME_COMPLETE);
      assert_int_equal (scan_text (long_one, LIMIT).status,
                        FRAME_NUMBER_TOO_LONG);
      free (fits);
      free (long_one);
    }
  char *symbol = repeat ("(-a .b ..1 +.c ", "-", 100, ")");
  assert_int_equal (scan_text (symbol, LIMIT).status, FRAME_COMPLETE);
  free (symbol);
  (void) state;
}

static void
the_limit_counts_the_datum_without_space_before_it (void **state)
{
  assert_int_equal (scan_text ("   (ab)", 4).status, FRAME_COMPLETE);
  assert_int_equal (scan_text ("   (abc)", 4).status, FRAME_TOO_LONG);
  assert_int_equal (scan_text ("(abc", 4).status, FRAME_TOO_LONG);
  assert_int_equal (scan_text ("(ab", 4).status, FRAME_INCOMPLETE);
  assert_int_equal (scan_text ("\"ab\"", 4).status, FRAME_COMPLETE);
  assert_int_equal (scan_text ("(   )", 4).status, FRAME_TOO_LONG);
  assert_int_equal (scan_text ("abc ", 4).status, FRAME_COMPLETE);
  assert_int_equal (scan_text ("abcd ", 4).status, FRAME_TOO_LONG);
  assert_int_equal (scan_text ("   ", 0).status, FRAME_INCOMPLETE);
  assert_int_equal (scan_text ("a", 0).status, FRAME_TOO_LONG);
  (void) state;
}

/* How many bytes are looked at to refuse BEFORE with ten million times PART
   behind it.  */
static size_t
bytes_to_refuse (const char *before, const char *part,
                 enum frame_status status)
{
  char *text = repeat (before, part, 10 * 1000 * 1000, "");
  struct frame frame = { 0 };

  assert_int_equal (frame_scan (&frame, (uint8_t *) text, strlen (text),
                                LIMIT), status);
  free (text);
  return frame.scanned;
}

static void
what_never_ends_is_refused_at_its_limit (void **state)
{
  assert_int_equal (bytes_to_refuse ("\"", "a", FRAME_TOO_LONG), LIMIT);
  assert_int_equal (bytes_to_refuse ("\"", "\\n", FRAME_TOO_LONG), LIMIT);
  assert_int_equal (bytes_to_refuse ("|", "a", FRAME_TOO_LONG), LIMIT);
  assert_int_equal (bytes_to_refuse ("", "a", FRAME_TOO_LONG), LIMIT);
  assert_int_equal (bytes_to_refuse ("#\\", "a", FRAME_TOO_LONG), LIMIT);
  assert_int_equal (bytes_to_refuse ("(", "a ", FRAME_TOO_LONG), LIMIT);
  assert_int_equal (bytes_to_refuse ("(", " ", FRAME_TOO_LONG), LIMIT);
  assert_int_equal (bytes_to_refuse ("", "7", FRAME_NUMBER_TOO_LONG),
                    IM_NUMBER_CHARACTERS);
  assert_int_equal (bytes_to_refuse ("", "(", FRAME_TOO_DEEP),
                    IM_DATUM_DEPTH + 1);
  assert_int_equal (bytes_to_refuse ("", "'", FRAME_TOO_DEEP),
                    IM_DATUM_DEPTH + 1);
  (void) state;
}

static void
more_than_32_bits_of_bytes_are_no_different (void **state)
{
  struct frame frame = { 0 };

  /* Of which no more than the limit are looked at.  */
  assert_int_equal (frame_scan (&frame, (const uint8_t *) "(abc", SIZE_MAX,
                                4), FRAME_TOO_LONG);
  (void) state;
}

static void
endless_space_needs_no_buffer (void **state)
{
  struct frame frame = { 0 };
  const char *spaces = "  \n\t    ";

  for (int i = 0; i < 100000; i++)
    {
      assert_int_equal (show (&frame, spaces, 8, LIMIT), FRAME_INCOMPLETE);
      assert_int_equal (frame_drop_space (&frame), 8);
    }
  assert_int_equal (show (&frame, " (a)", 4, LIMIT), FRAME_COMPLETE);
  assert_int_equal (frame_start (&frame), 1);
  assert_int_equal (frame_end (&frame), 4);
  (void) state;
}

static void
a_frame_is_small_because_idle_clients_have_one (void **state)
{
  assert_true (sizeof (struct frame) <= 24);
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    cmocka_unit_test (a_datum_ends_where_it_ends),
    cmocka_unit_test (every_proper_beginning_of_a_datum_is_incomplete),
    cmocka_unit_test (data_that_touch_are_taken_apart),
    cmocka_unit_test (a_result_stays_until_reset),
    cmocka_unit_test (the_end_of_input_ends_only_a_bare_atom),
    cmocka_unit_test (what_is_outside_the_subset_is_refused_at_once),
    cmocka_unit_test (nul_is_refused_everywhere),
    cmocka_unit_test (nesting_of_64_is_accepted_and_65_refused),
    cmocka_unit_test (a_finished_quotation_gives_its_level_back),
    cmocka_unit_test (the_33rd_character_of_a_number_is_refused),
    cmocka_unit_test (the_limit_counts_the_datum_without_space_before_it),
    cmocka_unit_test (what_never_ends_is_refused_at_its_limit),
    cmocka_unit_test (more_than_32_bits_of_bytes_are_no_different),
    cmocka_unit_test (endless_space_needs_no_buffer),
    cmocka_unit_test (a_frame_is_small_because_idle_clients_have_one)
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
