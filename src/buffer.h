/* buffer.h -- a queue of bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Bytes go in at the end and come out at the front.  An empty buffer owns
   no memory: most clients are idle most of the time.  Bounds are the
   business of who fills it.  */

#ifndef IM_BUFFER_H
#define IM_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* One pointer, because every idle client has three of these.  */
struct buffer
{
  struct block *block;          /* NULL: empty */
};

struct block
{
  size_t start;                 /* of what is queued */
  size_t end;
  size_t capacity;
  uint8_t bytes[];
};

static inline size_t
buffer_size (const struct buffer *buffer)
{
  const struct block *block = buffer->block;

  return block ? block->end - block->start : 0;
}

/* The queued bytes; NULL when there are none.  */
static inline const uint8_t *
buffer_bytes (const struct buffer *buffer)
{
  const struct block *block = buffer->block;

  return block ? block->bytes + block->start : NULL;
}

/* Make room for COUNT more bytes, at least one, and return where they go,
   or NULL when memory is out.  What is written there counts after
   buffer_grew.  */
uint8_t *buffer_room (struct buffer *buffer, size_t count);
void buffer_grew (struct buffer *buffer, size_t count);

/* How many more bytes fit where buffer_room points.  */
static inline size_t
buffer_left (const struct buffer *buffer)
{
  return buffer->block->capacity - buffer->block->end;
}

/* Queue COUNT bytes.  Return 0, or -ENOMEM and queue nothing.  */
int buffer_append (struct buffer *buffer, const void *bytes, size_t count);

/* Put COUNT bytes in front of all others.  Return 0 or -ENOMEM.  */
int buffer_push_back (struct buffer *buffer, const void *bytes, size_t count);

/* Drop COUNT bytes, at most buffer_size, from the front.  */
void buffer_consume (struct buffer *buffer, size_t count);

/* Forget what was appended after the first SIZE queued bytes.  */
void buffer_truncate (struct buffer *buffer, size_t size);

void buffer_free (struct buffer *buffer);

#endif /* IM_BUFFER_H */
