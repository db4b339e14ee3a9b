/* buffer.c -- a queue of bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "buffer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the smallest block holds: a request as a person types it.  */
#define FIRST_BYTES 256

/* Move what is queued to the front of the block.  */
static void
close_gap (struct block *block)
{
  memmove (block->bytes, block->bytes + block->start,
           block->end - block->start);
  block->end -= block->start;
  block->start = 0;
}

/* Grow the block to hold NEEDED bytes.  Return it, or NULL when memory is
   out; then it is as before.  */
static struct block *
enlarge (struct buffer *buffer, size_t needed)
{
  struct block *block = buffer->block;
  size_t capacity = block ? block->capacity : FIRST_BYTES;

  while (capacity < needed)
    {
      if (capacity > SIZE_MAX / 4)
        return NULL;
      capacity *= 2;
    }
  block = realloc (block, sizeof *block + capacity);
  if (block == NULL)
    return NULL;
  if (buffer->block == NULL)
    block->start = block->end = 0;
  block->capacity = capacity;
  buffer->block = block;
  return block;
}

uint8_t *
buffer_room (struct buffer *buffer, size_t count)
{
  struct block *block = buffer->block;
  size_t end = block ? block->end : 0;

  if (count > SIZE_MAX - end)
    return NULL;
  if (block == NULL || buffer_left (buffer) < count)
    {
      /* Moving pays only while the gap is at least as large as what is
         moved; else a long queue would be copied for each append.  */
      if (block && block->start >= buffer_size (buffer) && block->start > 0)
        {
          close_gap (block);
          end = block->end;
        }
      if (block == NULL || buffer_left (buffer) < count)
        block = enlarge (buffer, end + count);
    }
  return block ? block->bytes + block->end : NULL;
}

void
buffer_grew (struct buffer *buffer, size_t count)
{
  assert (count <= buffer_left (buffer));
  buffer->block->end += count;
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
  buffer->block->end += count;
  return 0;
}

int
buffer_push_back (struct buffer *buffer, const void *bytes, size_t count)
{
  struct block *block = buffer->block;

  if (count == 0)
    return 0;
  if (block == NULL || block->start < count)
    {
      size_t size = buffer_size (buffer);

      if (buffer_room (buffer, count) == NULL)
        return -ENOMEM;
      block = buffer->block;
      memmove (block->bytes + block->start + count,
               block->bytes + block->start, size);
      block->end += count;
    }
  else
    block->start -= count;
  memcpy (block->bytes + block->start, bytes, count);
  return 0;
}

void
buffer_consume (struct buffer *buffer, size_t count)
{
  assert (count <= buffer_size (buffer));
  if (count == buffer_size (buffer))
    buffer_free (buffer);
  else
    buffer->block->start += count;
}

void
buffer_truncate (struct buffer *buffer, size_t size)
{
  assert (size <= buffer_size (buffer));
  if (size == 0)
    buffer_free (buffer);
  else
    buffer->block->end = buffer->block->start + size;
}

void
buffer_free (struct buffer *buffer)
{
  free (buffer->block);
  buffer->block = NULL;
}
