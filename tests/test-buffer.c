/* test-buffer.c -- a buffer is a queue and owns nothing when empty

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

/* AddressSanitizer, where it is used, shall let malloc fail like any other
   malloc.  */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1";
}

static void
assert_holds (const struct buffer *buffer, const char *text)
{
  assert_int_equal (buffer_size (buffer), strlen (text));
  if (*text)
    assert_memory_equal (buffer_bytes (buffer), text, strlen (text));
}

static void
append (struct buffer *buffer, const char *text)
{
  assert_int_equal (buffer_append (buffer, text, strlen (text)), 0);
}

static void
bytes_come_out_in_the_order_they_went_in (void **state)
{
  struct buffer buffer = { 0 };

  assert_holds (&buffer, "");
  append (&buffer, "hello ");
  append (&buffer, "");
  append (&buffer, "world");
  assert_holds (&buffer, "hello world");
  buffer_consume (&buffer, 0);
  buffer_consume (&buffer, 6);
  assert_holds (&buffer, "world");
  append (&buffer, "!");
  assert_holds (&buffer, "world!");
  buffer_free (&buffer);
  (void) state;
}

static void
an_empty_buffer_owns_no_memory (void **state)
{
  struct buffer buffer = { 0 };

  append (&buffer, "abc");
  buffer_consume (&buffer, 3);
  assert_null (buffer.block);
  assert_null (buffer_bytes (&buffer));
  append (&buffer, "abc");
  buffer_truncate (&buffer, 0);
  assert_null (buffer.block);
  buffer_consume (&buffer, 0);
  buffer_truncate (&buffer, 0);
  buffer_free (&buffer);
  assert_holds (&buffer, "");
  (void) state;
}

static void
room_counts_only_when_it_grew (void **state)
{
  struct buffer buffer = { 0 };
  uint8_t *room = buffer_room (&buffer, 1000);

  assert_non_null (room);
  memset (room, 'x', 1000);
  assert_holds (&buffer, "");
  buffer_grew (&buffer, 2);
  assert_holds (&buffer, "xx");
  buffer_free (&buffer);
  (void) state;
}

static void
what_is_pushed_back_comes_out_first (void **state)
{
  struct buffer buffer = { 0 };

  assert_int_equal (buffer_push_back (&buffer, "c", 1), 0);
  assert_int_equal (buffer_push_back (&buffer, "", 0), 0);
  assert_int_equal (buffer_push_back (&buffer, "ab", 2), 0);
  append (&buffer, "def");
  assert_holds (&buffer, "abcdef");
  buffer_consume (&buffer, 3);
  assert_int_equal (buffer_push_back (&buffer, "BC", 2), 0);
  assert_holds (&buffer, "BCdef");
  assert_int_equal (buffer_push_back (&buffer, "12345", 5), 0);
  assert_holds (&buffer, "12345BCdef");
  buffer_free (&buffer);
  (void) state;
}

static void
truncating_forgets_the_end_only (void **state)
{
  struct buffer buffer = { 0 };

  append (&buffer, "abcdef");
  buffer_consume (&buffer, 1);
  buffer_truncate (&buffer, 5);
  assert_holds (&buffer, "bcdef");
  buffer_truncate (&buffer, 2);
  assert_holds (&buffer, "bc");
  append (&buffer, "x");
  assert_holds (&buffer, "bcx");
  buffer_free (&buffer);
  (void) state;
}

static void
a_long_queue_that_moves_on_stays_small (void **state)
{
  struct buffer buffer = { 0 };
  char block[1000];

  memset (block, 'x', sizeof block);
  for (int i = 0; i < 10000; i++)
    {
      assert_int_equal (buffer_append (&buffer, block, sizeof block), 0);
      if (i > 0)
        buffer_consume (&buffer, sizeof block);
    }
  assert_int_equal (buffer_size (&buffer), sizeof block);
  assert_true (buffer.block->capacity <= 16 * sizeof block);
  buffer_free (&buffer);
  (void) state;
}

static void
what_memory_cannot_hold_is_refused_and_nothing_is_lost (void **state)
{
  static const size_t sizes[] =
  { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 3, SIZE_MAX / 2 + 1, SIZE_MAX / 4 };
  struct buffer buffer = { 0 };

  append (&buffer, "abcdef");
  buffer_consume (&buffer, 4);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    {
      assert_null (buffer_room (&buffer, sizes[i]));
      assert_int_equal (buffer_append (&buffer, "", sizes[i]), -ENOMEM);
      assert_int_equal (buffer_push_back (&buffer, "", sizes[i]), -ENOMEM);
      assert_holds (&buffer, "ef");
    }
  buffer_free (&buffer);
  (void) state;
}

/* The plainest thing that a buffer must agree with.  */
struct model
{
  uint8_t bytes[4096];
  size_t size;
};

static void
insert (struct model *model, size_t at, const uint8_t *bytes, size_t count)
{
  memmove (model->bytes + at + count, model->bytes + at, model->size - at);
  memcpy (model->bytes + at, bytes, count);
  model->size += count;
}

static void
step_both (struct buffer *buffer, struct model *model, int what)
{
  uint8_t bytes[256];
  size_t count = rand () % sizeof bytes;
  size_t some = rand () % (model->size + 1);

  for (size_t i = 0; i < count; i++)
    bytes[i] = rand ();
  if (model->size + count > sizeof model->bytes)
    what |= 2;
  switch (what)
    {
    case 0:
      assert_int_equal (buffer_append (buffer, bytes, count), 0);
      insert (model, model->size, bytes, count);
      break;
    case 1:
      assert_int_equal (buffer_push_back (buffer, bytes, count), 0);
      insert (model, 0, bytes, count);
      break;
    case 2:
      buffer_consume (buffer, some);
      memmove (model->bytes, model->bytes + some, model->size - some);
      model->size -= some;
      break;
    default:
      buffer_truncate (buffer, some);
      model->size = some;
    }
}

static void
random_steps_agree_with_an_array (void **state)
{
  struct buffer buffer = { 0 };
  struct model model = { .size = 0 };

  srand (1);
  for (int i = 0; i < 100000; i++)
    {
      /* Three times as many bytes come as go, or it is empty mostly.  */
      step_both (&buffer, &model, rand () % 8 < 6 ? rand () % 2
                                                  : 2 + rand () % 2);
      assert_int_equal (buffer_size (&buffer), model.size);
      if (model.size > 0)
        assert_memory_equal (buffer_bytes (&buffer), model.bytes,
                             model.size);
    }
  buffer_free (&buffer);
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    cmocka_unit_test (bytes_come_out_in_the_order_they_went_in),
    cmocka_unit_test (an_empty_buffer_owns_no_memory),
    cmocka_unit_test (room_counts_only_when_it_grew),
    cmocka_unit_test (what_is_pushed_back_comes_out_first),
    cmocka_unit_test (truncating_forgets_the_end_only),
    cmocka_unit_test (a_long_queue_that_moves_on_stays_small),
    cmocka_unit_test
      (what_memory_cannot_hold_is_refused_and_nothing_is_lost),
    cmocka_unit_test (random_steps_agree_with_an_array)
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
