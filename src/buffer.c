/* buffer.c -- a queue of bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "buffer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The smallest block: a request as a person types it.  */
#define FIRST_BYTES 256

/* Move what is queued to the front of the block.  */
static void
close_gap (struct buffer *buffer)
{
  memmove (buffer->bytes, buffer->bytes + buffer->start,
           buffer_size (buffer));
  buffer->end -= buffer->start;
  buffer->start = 0;
}

/* Grow the block to hold NEEDED bytes.  Return 0 or -ENOMEM.  */
static int
enlarge (struct buffer *buffer, size_t needed)
{
  size_t capacity = buffer->capacity ? buffer->capacity : FIRST_BYTES;

  while (capacity < needed)
    {
      if (capacity > SIZE_MAX / 2)
        return -ENOMEM;
      capacity *= 2;
    }
  uint8_t *bytes = realloc (buffer->bytes, capacity);
  if (bytes == NULL)
    return -ENOMEM;
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return 0;
}

uint8_t *
buffer_room (struct buffer *buffer, size_t count)
{
  size_t size = buffer_size (buffer);

  if (count > SIZE_MAX - buffer->end)
    return NULL;
  if (buffer->capacity - buffer->end < count)
    {
      /* Moving pays only while the gap is at least as large as what is
         moved; else a long queue would be copied for each append.  */
      if (buffer->start >= size && buffer->start > 0)
        close_gap (buffer);
      if (buffer->capacity - buffer->end < count
          && enlarge (buffer, buffer->end + count) < 0)
        return NULL;
    }
  return buffer->bytes + buffer->end;
}

void
buffer_grew (struct buffer *buffer, size_t count)
{
  assert (count <= buffer->capacity - buffer->end);
  buffer->end += count;
}

int
buffer_append (struct buffer *buffer, const void *bytes, size_t count)
{
  if (count == 0)
    return 0;
  uint8_t *room = buffer_room (buffer, count);
  if (room == NULL)
    return -ENOMEM;
  memcpy (room, bytes, count);
  buffer->end += count;
  return 0;
}

int
buffer_push_back (struct buffer *buffer, const void *bytes, size_t count)
{
  if (count == 0)
    return 0;
  if (buffer->start < count)
    {
      size_t size = buffer_size (buffer);

      if (buffer_room (buffer, count) == NULL)
        return -ENOMEM;
      memmove (buffer->bytes + buffer->start + count,
               buffer->bytes + buffer->start, size);
      buffer->end += count;
    }
  else
    buffer->start -= count;
  memcpy (buffer->bytes + buffer->start, bytes, count);
  return 0;
}

void
buffer_consume (struct buffer *buffer, size_t count)
{
  assert (count <= buffer_size (buffer));
  buffer->start += count;
  if (buffer->start == buffer->end)
    buffer_free (buffer);
}

void
buffer_truncate (struct buffer *buffer, size_t size)
{
  assert (size <= buffer_size (buffer));
  buffer->end = buffer->start + size;
  if (size == 0)
    buffer_free (buffer);
}

void
buffer_free (struct buffer *buffer)
{
  free (buffer->bytes);
  *buffer = (struct buffer) { 0 };
}
