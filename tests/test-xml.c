/* test-xml.c -- a line of the older version is taken apart, and put together

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buffer.h"
#include "xml.h"

#define LENGTH(array) (sizeof (array) / sizeof (array)[0])

#define LINE(command, from, to, data)                           \
  "<command>" command "</command><from>" from "</from>"         \
  "<to>" to "</to><data>" data "</data>"

static const struct
{
  const char *line, *fields[XML_FIELDS];
}
lines[] =
{
  { LINE ("hello", "ann", "server", ""), { "hello", "ann", "server", "" } },
  { LINE ("", "", "", ""), { "", "", "", "" } },
  { LINE ("send-msg", "ann", "bob", "a <b> & c"),
    { "send-msg", "ann", "bob", "a <b> & c" } },
  { LINE ("send-msg", "ann", "bob", "<data></dat>"),
    { "send-msg", "ann", "bob", "<data></dat>" } },
  { LINE ("x", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"),
    { "x", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80" } }
};

static struct slice
slice (const char *text)
{
  return (struct slice) { (const uint8_t *) text, strlen (text) };
}

static int
parse (const char *line, struct slice fields[XML_FIELDS])
{
  return xml_parse ((const uint8_t *) line, strlen (line), fields);
}

static void
a_line_has_four_fields (void **state)
{
  for (size_t i = 0; i < LENGTH (lines); i++)
    {
      struct slice fields[XML_FIELDS];

      assert_int_equal (parse (lines[i].line, fields), 0);
      for (int j = 0; j < XML_FIELDS; j++)
        {
          assert_int_equal (fields[j].size, strlen (lines[i].fields[j]));
          assert_memory_equal (fields[j].bytes, lines[i].fields[j],
                               fields[j].size);
        }
    }
  (void) state;
}

static void
what_is_put_together_is_the_line (void **state)
{
  for (size_t i = 0; i < LENGTH (lines); i++)
    {
      struct buffer out = { 0 };
      struct slice fields[XML_FIELDS];
      size_t size = strlen (lines[i].line);

      for (int j = 0; j < XML_FIELDS; j++)
        fields[j] = slice (lines[i].fields[j]);
      assert_int_equal (xml_append (&out, fields), 0);
      assert_int_equal (buffer_size (&out), size + 1);
      assert_memory_equal (buffer_bytes (&out), lines[i].line, size);
      assert_int_equal (buffer_bytes (&out)[size], '\n');
      buffer_free (&out);
    }
  (void) state;
}

static void
a_carriage_return_at_the_end_does_not_count (void **state)
{
  struct slice fields[XML_FIELDS];

  assert_int_equal (parse (LINE ("a", "b", "c", "d") "\r", fields), 0);
  assert_int_equal (fields[3].size, 1);
  (void) state;
}

static void
what_is_no_such_line_is_refused (void **state)
{
  static const char *const bad[] =
  {
    "", "\r", " ", "(hello ann server ())",
    " " LINE ("a", "b", "c", "d"),
    LINE ("a", "b", "c", "d") " ",
    LINE ("a", "b", "c", "d") "\r\r",
    LINE ("a", "b", "c", "d") "<command>",
    "<from>b</from><command>a</command><to>c</to><data>d</data>",
    "<command>a</command><from>b</from><to>c</to>",
    "<command>a</command><from>b</from><to>c</to><data>d</data",
    "<command>a<from>b</from><to>c</to><data>d</data>",
    "<COMMAND>a</COMMAND><from>b</from><to>c</to><data>d</data>",
    LINE ("a", "b", "c", "\xff"), LINE ("a", "b", "c", "\xed\xa0\x80")
  };

  for (size_t i = 0; i < LENGTH (bad); i++)
    {
      struct slice fields[XML_FIELDS];

      assert_int_equal (parse (bad[i], fields), -EINVAL);
    }
  (void) state;
}

static void
a_line_cut_anywhere_is_refused (void **state)
{
  const char *line = LINE ("send-msg", "ann", "bob", "hi");

  /* In a block of just that size, for the sanitizers to watch.  */
  for (size_t size = 0; size < strlen (line); size++)
    {
      struct slice fields[XML_FIELDS];
      uint8_t *part = malloc (size + 1);

      assert_non_null (part);
      part = realloc (part, size > 0 ? size : 1);
      assert_non_null (part);
      memcpy (part, line, size);
      assert_int_equal (xml_parse (part, size, fields), -EINVAL);
      free (part);
    }
  (void) state;
}

static void
a_field_that_would_end_its_line_or_itself_is_refused (void **state)
{
  static const char *const bad[XML_FIELDS][3] =
  {
    { "a\nb", "a\rb", "a</command>b" },
    { "a\nb", "a\rb", "a</from>b" },
    { "a\nb", "a\rb", "a</to>b" },
    { "a\nb", "a\rb", "a</data><command>b" }
  };

  for (int field = 0; field < XML_FIELDS; field++)
    for (int i = 0; i < 3; i++)
      {
        struct buffer out = { 0 };
        struct slice fields[XML_FIELDS];

        for (int j = 0; j < XML_FIELDS; j++)
          fields[j] = slice ("fine");
        fields[field] = slice (bad[field][i]);
        assert_int_equal (buffer_append (&out, "before", 6), 0);
        assert_int_equal (xml_append (&out, fields), -EILSEQ);
        assert_int_equal (buffer_size (&out), 6);
        buffer_free (&out);
      }
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    cmocka_unit_test (a_line_has_four_fields),
    cmocka_unit_test (what_is_put_together_is_the_line),
    cmocka_unit_test (a_carriage_return_at_the_end_does_not_count),
    cmocka_unit_test (what_is_no_such_line_is_refused),
    cmocka_unit_test (a_line_cut_anywhere_is_refused),
    cmocka_unit_test (a_field_that_would_end_its_line_or_itself_is_refused)
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
